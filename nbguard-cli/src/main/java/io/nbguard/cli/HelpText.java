package io.nbguard.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.IParamLabelRenderer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Help that shows options as people type them, {@code --timeout TIME}; {@code --timeout=TIME} works as well. */
final class HelpText extends Help {

    HelpText(CommandSpec command, ColorScheme colours) {
        super(command, colours);
    }

    /** Gives the help of a command the headings of all, and its options the order in which they are declared. */
    static void layOut(CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        usage.sortOptions(false)
                .synopsisHeading("%nUsage: ")
                .descriptionHeading("%n")
                .parameterListHeading("%n")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nCommands:%n");
        if (!usage.exitCodeList().isEmpty()) {
            usage.exitCodeListHeading("%nExit codes:%n");
        }
        if (usage.footer().length > 0) {
            usage.footerHeading("%nExamples:%n");
        }
    }

    @Override
    public IParamLabelRenderer parameterLabelRenderer() {
        IParamLabelRenderer usual = super.parameterLabelRenderer();
        return new IParamLabelRenderer() {
            @Override
            public Text renderParameterLabel(ArgSpec argument, Ansi ansi, List<IStyle> styles) {
                Text label = usual.renderParameterLabel(argument, ansi, styles);
                String plain = label.plainString();
                return argument.isOption() && plain.startsWith("=")
                        ? ansi.new Text(" ").concat(colorScheme().apply(plain.substring(1), styles))
                        : label;
            }

            @Override
            public String separator() {
                return " ";
            }
        };
    }
}
