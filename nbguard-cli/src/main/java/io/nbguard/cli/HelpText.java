package io.nbguard.cli;

import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.IParamLabelRenderer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Help that shows options as people type them, {@code --timeout TIME}; {@code --timeout=TIME} works as well. */
final class HelpText extends Help {

    HelpText(CommandSpec command, ColorScheme colours) {
        super(command, colours);
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
