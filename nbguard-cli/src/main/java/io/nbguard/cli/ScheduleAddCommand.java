package io.nbguard.cli;

import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.cli.client.Item;
import io.nbguard.cli.text.Line;
import io.nbguard.server.json.JsonText;
import io.nbguard.server.json.JsonWriting;
import io.nbguard.server.json.LimitsJson;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nbguard schedule add}. */
@Command(
        name = "add",
        sortOptions = false,
        customSynopsis = "nbguard schedule add [OPTIONS] NOTEBOOK",
        description = "Runs a notebook again and again, or once later.",
        mixinStandardHelpOptions = true)
final class ScheduleAddCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "NOTEBOOK", description = "The notebook, as serve names it.")
    String notebook = "";

    @ArgGroup(exclusive = true, multiplicity = "1")
    When when = new When();

    /** One of three ways to say when. */
    static final class When {

        @Option(
                names = "--cron",
                paramLabel = "FIELDS",
                description = "A crontab line's five fields, such as '0 2 * * mon-fri', or @daily and friends.")
        @Nullable String cron;

        @Option(
                names = "--every",
                paramLabel = "TIME",
                converter = Converters.Time.class,
                description = "An interval, such as 10m, counted from the start.")
        @Nullable Duration every;

        @Option(
                names = "--at",
                paramLabel = "TIME",
                description = "Once, at a time in UTC such as 2026-01-13T02:00:00Z.")
        @Nullable String at;

        /** Made by picocli. */
        When() {}
    }

    @Mixin
    RequestOptions request = new RequestOptions();

    @Option(names = "--id", paramLabel = "ID", description = "What to call it: a-z, 0-9 and -. Default: a random id.")
    @Nullable String id;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description =
                    "The time zone that days and hours are meant in, such as Europe/Berlin. Default: this machine's.")
    String zone = ZoneId.systemDefault().getId();

    @Option(names = "--max-instances", paramLabel = "N", description = "How many may run at once. Default: 1.")
    int maxInstances = 1;

    @Option(
            names = "--jitter",
            paramLabel = "TIME",
            converter = Converters.Time.class,
            description = "Puts each start off by up to this, at random. Default: not at all.")
    Duration jitter = Duration.ZERO;

    @Mixin
    RemoteOptions options = new RemoteOptions();

    ScheduleAddCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        String body = body();
        String answer = options.client().postText("/api/v1/schedules", Optional.of(body));
        if (options.json) {
            surroundings.out().raw(answer + System.lineSeparator());
            return ExitCodes.OK;
        }
        Item added = Item.of(ParameterText.value(answer));
        surroundings
                .out()
                .print(Line.of("Added " + added.text("id") + ": " + notebook + " is due next on "
                        + ExecutionTable.time(added.text("nextFireAt")) + "."));
        return ExitCodes.OK;
    }

    private String body() {
        Map<String, @Nullable Object> parameters = request.parameters(surroundings.folder());
        ResourceSpec limits = request.limits.limits(surroundings.folder());
        return JsonText.object(json -> {
            if (id != null) {
                json.writeStringField("id", id);
            }
            json.writeStringField("trigger", when.cron != null ? "cron" : when.every != null ? "interval" : "once");
            json.writeStringField("expression", expression());
            json.writeStringField("zone", zone);
            json.writeNumberField("maxInstances", maxInstances);
            JsonWriting.seconds(json, "jitterSeconds", jitter);
            json.writeObjectFieldStart("request");
            json.writeStringField("notebook", notebook);
            json.writeFieldName("parameters");
            JsonWriting.value(json, parameters);
            json.writeBooleanField("allowUnknownParameters", request.allowUnknownParameters);
            if (!limits.equals(ResourceSpec.NONE)) {
                json.writeObjectFieldStart("limits");
                LimitsJson.write(json, limits);
                json.writeEndObject();
            }
            if (request.timeout != null) {
                JsonWriting.seconds(json, "timeoutSeconds", request.timeout);
            }
            JsonWriting.text(json, "executor", Optional.ofNullable(request.executor));
            json.writeEndObject();
        });
    }

    private String expression() {
        if (when.cron != null) {
            return when.cron;
        }
        return when.every != null ? when.every.toString() : String.valueOf(when.at);
    }
}
