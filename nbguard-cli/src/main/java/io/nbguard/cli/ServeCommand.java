package io.nbguard.cli;

import io.nbguard.api.GuardException;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.cli.terminal.Interruption;
import io.nbguard.cli.terminal.Terminal;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Style;
import io.nbguard.core.CloseAction;
import io.nbguard.core.GuardBuilder;
import io.nbguard.core.HostDeath;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.GuardServer;
import io.nbguard.server.GuardServerBuilder;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nbguard serve}: the dashboard host. */
@Command(
        name = "serve",
        header = "Run notebooks behind a page, an HTTP interface and schedules.",
        customSynopsis = "nbguard serve [OPTIONS] [NOTEBOOKS]",
        description = {
            "Serves a folder of notebooks: a page to start, stop, schedule and watch them, and an HTTP interface for"
                    + " scripts (docs/http-api.md). It listens on this machine only, unless --host says otherwise; using"
                    + " it takes the token that is made on the first start. The link that is printed at a terminal opens"
                    + " the page logged in; elsewhere, as in a log, no token is printed, but where it is."
        },
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "  1:it could not be started, such as because the port is taken",
            ExitCodes.USAGE_MEANS,
            "130:ended by Ctrl-C; 143 by SIGTERM. Executions under way are interrupted, and killed after --grace"
        },
        footer = {
            "  nbguard serve                              the current folder, on port 8080",
            "  nbguard serve notebooks --port 9000 --kill-at 90%%",
            "  nbguard serve --db memory                  remember nothing beyond the end",
            "  nbguard ps                                 from another terminal: what runs there"
        })
final class ServeCommand implements Callable<Integer> {

    private static final String HISTORY_URL = "history.url";

    private final Surroundings surroundings;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NOTEBOOKS",
            description = "The folder of notebooks. Default: the current folder.")
    @Nullable Path folder;

    @Option(names = "--notebooks", paramLabel = "FOLDER", description = "The same, as an option.")
    @Nullable Path notebooks;

    @Option(
            names = "--outputs",
            paramLabel = "FOLDER",
            description = "Where executed notebooks go. Default: 'outputs' in the folder of notebooks.")
    @Nullable Path outputs;

    @Option(names = "--port", paramLabel = "PORT", description = "The port; 0 takes one that is free. Default: 8080.")
    int port = 8080;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description =
                    "The address to listen on. Beyond this machine, as with 0.0.0.0, tokens and data travel as plain"
                            + " text: put a proxy with TLS before it. Default: 127.0.0.1.")
    String host = "127.0.0.1";

    @Option(
            names = "--allow-host",
            paramLabel = "NAME",
            description = "A further host name that requests may be for, such as that of a proxy. Can be repeated.")
    List<String> allowedHosts = new ArrayList<>();

    @Option(
            names = "--db",
            paramLabel = "URL",
            description =
                    "Where the history is kept: 'memory', or a JDBC URL such as jdbc:postgresql://host/db. Default: the"
                            + " setting history.url, else an SQLite file in the folder of outputs.")
    @Nullable String database;

    @Option(
            names = "--keep-running",
            description =
                    "Let notebooks go on when this process dies without ending them, as by kill -9: the next 'serve' with"
                            + " the same --db and --keep-running takes them up again. Until then they are not watched.")
    boolean keepRunning;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "The private file with the operators' token; made if it is not there. Default:"
                    + " ~/.config/nbguard/token.")
    @Nullable Path tokenFile;

    @Option(
            names = "--viewer-token-file",
            paramLabel = "FILE",
            description =
                    "A private file with a token for people who may only look; made if it is not there. Default: no"
                            + " such token.")
    @Nullable Path viewerTokenFile;

    @Option(
            names = "--show-link",
            description =
                    "Print the link with its token also where the output is no terminal: a reader of that file or log can then log"
                            + " in. Default: only a terminal shows it.")
    boolean showLink;

    @Option(
            names = "--max-concurrent",
            paramLabel = "N",
            description = "How many notebooks run at once; others wait. Default: $NBGUARD_MAX_CONCURRENT, else 10.")
    @Nullable String maxConcurrent;

    @Option(
            names = "--max-queued",
            paramLabel = "N",
            description =
                    "How many may wait beyond those that run; more are refused. Default: $NBGUARD_MAX_QUEUED, else 10000.")
    @Nullable String maxQueued;

    @Mixin
    GuardOptions options = new GuardOptions();

    ServeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        check();
        Path source = source();
        Path target = target(source);
        Path operatorFile =
                absolute(tokenFile == null ? RemoteOptions.privateFolder().resolve("token") : tokenFile);
        Optional<Path> viewerFile = Optional.ofNullable(viewerTokenFile).map(this::absolute);
        GuardServerBuilder settings = settings(operatorFile, viewerFile);
        Terminal out = surroundings.out();
        PluginConfig plugins =
                PythonPreparation.prepare(options.settings(surroundings.folder()), out, surroundings.interruption());
        CountDownLatch ended = new CountDownLatch(1);
        NotebookGuard guard = guard(source, target, plugins);
        return surroundings.interruption().during(stopping(guard, ended), () -> {
            // The guard is closed last, and while a second signal still hastens that.
            try (guard;
                    GuardServer server = settings.start(guard);
                    ServeAnnouncement announcement =
                            ServeAnnouncement.make(surroundings, host, server.address(), operatorFile)) {
                out.print(Line.of("nbguard serves ", Style.BOLD).plus(source + ", outputs in " + target));
                announcement.tell(server, viewerFile, showLink);
                ended.await();
                out.print(Line.of("Ending…", Style.FAINT));
            }
            return ExitCodes.OK;
        });
    }

    private GuardServerBuilder settings(Path operatorFile, Optional<Path> viewerFile) {
        try {
            GuardServerBuilder settings =
                    GuardServer.builder().host(host).port(port).tokenFile(operatorFile);
            viewerFile.ifPresent(settings::viewerTokenFile);
            allowedHosts.forEach(settings::allowHost);
            return settings;
        } catch (IllegalArgumentException e) {
            throw Usage.wrong(String.valueOf(e.getMessage()));
        }
    }

    private static Interruption.Stoppable stopping(NotebookGuard guard, CountDownLatch ended) {
        return new Interruption.Stoppable() {
            @Override
            public void stop() {
                ended.countDown();
            }

            @Override
            public void hasten() {
                guard.executions().forEach(execution -> execution.stop(StopMode.IMMEDIATE));
            }
        };
    }

    /** With a sidecar unless set otherwise: requests to this process then cannot disturb the watchdog. */
    private NotebookGuard guard(Path source, Path target, PluginConfig plugins) {
        if (options.watchdog != null || keepRunning) {
            return builder(source, target, plugins).build();
        }
        try {
            return builder(source, target, plugins)
                    .watchdog(w -> w.mode(WatchdogMode.SIDECAR))
                    .build();
        } catch (GuardException e) {
            NotebookGuard guard = builder(source, target, plugins).build();
            surroundings
                    .err()
                    .print(Line.of("! ", Style.WARNING)
                            .plus("the watchdog runs in this process, because no sidecar could be started: "
                                    + e.getMessage()));
            return guard;
        }
    }

    private GuardBuilder builder(Path source, Path target, PluginConfig plugins) {
        GuardBuilder builder = options.applyTo(NotebookGuard.builder(), plugins)
                .notebooks(source)
                .outputs(target)
                .maxConcurrent(concurrent())
                .admission(a -> a.maxQueued(queued()))
                .lifecycle(l -> l.onHostDeath(keepRunning ? HostDeath.KEEP : HostDeath.END)
                        .onClose(CloseAction.STOP_GRACEFULLY));
        if (!"memory".equals(database)) {
            builder.history(h -> h.store("nbguard-jdbc"))
                    .plugins(p -> p.configure(HISTORY_URL, historyUrl(target, plugins)));
        }
        return builder;
    }

    private String historyUrl(Path target, PluginConfig plugins) {
        if (database != null) {
            return database;
        }
        Path file = target.resolve(".nbguard").resolve("history.db");
        return plugins.values().getOrDefault(HISTORY_URL, "jdbc:sqlite:" + file);
    }

    private void check() {
        if (keepRunning && "memory".equals(database)) {
            throw Usage.wrong("--keep-running needs a history that lasts: leave out --db memory");
        }
        if (keepRunning && options.watchdog == WatchdogMode.SIDECAR) {
            throw Usage.wrong(
                    "--keep-running and --watchdog sidecar exclude each other: a sidecar ends what its host leaves");
        }
        if (port < 0 || port > 65_535) {
            throw Usage.wrong("--port " + port + " is no port: expected 0 to 65535");
        }
        concurrent();
        queued();
    }

    private int concurrent() {
        return number("--max-concurrent", maxConcurrent, "NBGUARD_MAX_CONCURRENT", 10, 1);
    }

    private int queued() {
        return number("--max-queued", maxQueued, "NBGUARD_MAX_QUEUED", 10_000, 0);
    }

    /** Returns the number that an option has, else an environment variable, else {@code usual}. */
    private static int number(String option, @Nullable String given, String variable, int usual, int lowest) {
        String surrounding = System.getenv().getOrDefault(variable, "");
        if (given == null && surrounding.isEmpty()) {
            return usual;
        }
        String text = given != null ? given : surrounding;
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= lowest) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused like a number that is too small.
        }
        throw Usage.wrong((given != null ? option : "environment: " + variable) + ": '" + text
                + "' is not accepted: expected a whole number, " + lowest + " or more");
    }

    private Path source() {
        if (folder != null && notebooks != null) {
            throw Usage.wrong("NOTEBOOKS and --notebooks say the same: give one of them");
        }
        Path given = folder != null ? folder : notebooks != null ? notebooks : Path.of("");
        Path source = absolute(given);
        if (!Files.isDirectory(source)) {
            throw Usage.wrong("'" + given + "' is not a folder: expected the folder of notebooks");
        }
        return source;
    }

    private Path target(Path source) {
        Path target = outputs == null ? source.resolve("outputs") : absolute(outputs);
        if (Files.exists(target) && !Files.isDirectory(target)) {
            throw Usage.wrong("--outputs " + target + " is not a folder");
        }
        return target;
    }

    private Path absolute(Path given) {
        return surroundings.folder().resolve(given).toAbsolutePath().normalize();
    }
}
