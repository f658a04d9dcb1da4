package io.nbguard.examples.cli;

import io.nbguard.api.GuardException;
import io.nbguard.examples.client.DashboardClient;
import io.nbguard.examples.client.Item;
import io.nbguard.examples.terminal.Interruption;
import io.nbguard.examples.text.Line;
import io.nbguard.examples.text.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nbguard stop}: ends executions of a running serve, and waits until they are dead. */
@Command(
        name = "stop",
        header = "Stop what a running serve runs.",
        sortOptions = false,
        customSynopsis = "nbguard stop [OPTIONS] EXECUTION...",
        description = "Ends executions of a running 'nbguard serve', and answers when nothing of them is alive.",
        synopsisHeading = "%nUsage: ",
        descriptionHeading = "%n",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  nbguard stop k3x9m2pq", "  nbguard stop --graceful reports/daily.ipynb"})
final class StopCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(
            arity = "1..*",
            paramLabel = "EXECUTION",
            description = "An id, the beginning of one, or a notebook: then its latest execution.")
    List<String> meant = new ArrayList<>();

    @Option(
            names = "--graceful",
            description =
                    "Interrupts first, as Ctrl-C would, and kills only what does not end by itself. Ctrl-C while this"
                            + " waits stops it at once, as would 'nbguard stop' without this option.")
    boolean graceful;

    @Mixin
    RemoteOptions options = new RemoteOptions();

    StopCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        DashboardClient client = options.client();
        for (String one : meant) {
            String path =
                    "/api/v1/executions/" + RemoteOptions.execution(client, one).text("id");
            surroundings.interruption().during(hastening(client, path), () -> {
                stop(client, path);
                return ExitCodes.OK;
            });
        }
        return surroundings.interruption().exitCode().orElse(ExitCodes.OK);
    }

    private void stop(DashboardClient client, String path) throws InterruptedException {
        String asked = path + "?wait=true&mode=" + (graceful ? "graceful" : "immediate");
        if (options.json) {
            surroundings.out().raw(client.deleteText(asked) + System.lineSeparator());
            return;
        }
        Item ended = Item.of(client.delete(asked));
        surroundings
                .out()
                .print(Line.of("✗ ", Style.BAD)
                        .plus(ended.text("notebook"), Style.BOLD)
                        .plus(" [" + ExecutionTable.shortId(ended) + "] has ended"));
    }

    /** On Ctrl-C a graceful stop becomes one at once; the next Ctrl-C leaves it to the host. */
    private Interruption.Stoppable hastening(DashboardClient client, String path) {
        return new Interruption.Stoppable() {
            @Override
            public void stop() {
                surroundings.err().print(Line.of("stopping at once… (again to wait no more)", Style.FAINT));
                try {
                    client.delete(path + "?mode=immediate");
                } catch (GuardException e) {
                    // It has ended meanwhile, or the host has: the wait that is under way tells.
                    return;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void hasten() {
                Runtime.getRuntime().exit(Interruption.EXIT_CODE);
            }
        };
    }
}
