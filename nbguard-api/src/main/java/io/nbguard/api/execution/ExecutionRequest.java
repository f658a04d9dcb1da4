package io.nbguard.api.execution;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.internal.RequestChecks;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.resource.ResourceSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to run, and how. Immutable; made by {@link #of(String)}:
 *
 * <pre>{@code
 * ExecutionRequest.of("reports/daily.ipynb")
 *     .parameter("year", 2026)
 *     .parameter("regions", List.of("north", "south"))
 *     .timeout(Duration.ofMinutes(10))
 *     .build();
 * }</pre>
 */
public final class ExecutionRequest {

    private final String notebook;
    private final Map<String, @Nullable Object> parameters;
    private final Map<String, String> environment;
    private final Optional<Path> workingDirectory;
    private final Optional<Path> python;
    private final Optional<String> kernel;
    private final Optional<Path> output;
    private final Optional<String> owner;
    private final Set<String> tags;
    private final int priority;
    private final boolean allowsUnknownParameters;
    private final ResourceSpec limits;
    private final Optional<Duration> timeout;
    private final Optional<ScheduleId> schedule;
    private final Optional<String> executor;
    private final Optional<Duration> startTimeout;

    private ExecutionRequest(Builder builder) {
        notebook = builder.notebook;
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(builder.parameters));
        environment = Map.copyOf(builder.environment);
        workingDirectory = Optional.ofNullable(builder.workingDirectory);
        python = Optional.ofNullable(builder.python);
        kernel = Optional.ofNullable(builder.kernel);
        output = Optional.ofNullable(builder.output);
        owner = Optional.ofNullable(builder.owner);
        tags = Collections.unmodifiableSet(new LinkedHashSet<>(builder.tags));
        priority = builder.priority;
        allowsUnknownParameters = builder.allowsUnknownParameters;
        limits = builder.limits;
        timeout = Optional.ofNullable(builder.timeout);
        schedule = Optional.empty();
        executor = Optional.ofNullable(builder.executor);
        startTimeout = Optional.ofNullable(builder.startTimeout);
    }

    private ExecutionRequest(ExecutionRequest other, ScheduleId schedule) {
        notebook = other.notebook;
        parameters = other.parameters;
        environment = other.environment;
        workingDirectory = other.workingDirectory;
        python = other.python;
        kernel = other.kernel;
        output = other.output;
        owner = other.owner;
        tags = other.tags;
        priority = other.priority;
        allowsUnknownParameters = other.allowsUnknownParameters;
        limits = other.limits;
        timeout = other.timeout;
        this.schedule = Optional.of(schedule);
        executor = other.executor;
        startTimeout = other.startTimeout;
    }

    /**
     * Begins a request.
     *
     * @param notebook the notebook, relative to the guard's notebooks folder, such as {@code reports/daily.ipynb}
     * @throws IllegalArgumentException if {@code notebook} is blank, is absolute, leaves the folder, or has control characters
     */
    public static Builder of(String notebook) {
        Objects.requireNonNull(notebook, "notebook");
        return new Builder(notebook);
    }

    /** Returns the notebook's path below the notebooks folder, with {@code /} between its parts. */
    public String notebook() {
        return notebook;
    }

    /** Returns the parameters in the order they were given; values as {@link Builder#parameter} took them. */
    public Map<String, @Nullable Object> parameters() {
        return parameters;
    }

    /** Returns environment variables added for this execution. */
    public Map<String, String> environment() {
        return environment;
    }

    /** Returns the folder the notebook's code runs in; empty means the folder that the notebook is in. */
    public Optional<Path> workingDirectory() {
        return workingDirectory;
    }

    /** Returns the Python to use: an interpreter or a virtual environment's folder; empty means the guard's. */
    public Optional<Path> python() {
        return python;
    }

    /** Returns the Jupyter kernel's name; empty means the one that the notebook names. */
    public Optional<String> kernel() {
        return kernel;
    }

    /** Returns the exact file for the executed notebook; empty means the guard's output template. */
    public Optional<Path> output() {
        return output;
    }

    /** Returns the person or service that requests it. */
    public Optional<String> owner() {
        return owner;
    }

    /** Returns free labels. */
    public Set<String> tags() {
        return tags;
    }

    /** Returns the priority: higher is more important, 0 is usual. See {@link Builder#priority}. */
    public int priority() {
        return priority;
    }

    /** Returns whether parameters may be set that the notebook's {@code parameters} cell does not know. */
    public boolean allowsUnknownParameters() {
        return allowsUnknownParameters;
    }

    /** Returns the limits that it asks for. */
    public ResourceSpec limits() {
        return limits;
    }

    /** Returns the name of the executor that is to run it; empty means that the guard chooses, see {@link Builder#executor}. */
    public Optional<String> executor() {
        return executor;
    }

    /** Returns how long user code may take to begin, from the hand-over to the executor on; empty means that it may wait. */
    public Optional<Duration> startTimeout() {
        return startTimeout;
    }

    /** Returns the longest that it may run, from the start of its code on; empty for as long as it takes. */
    public Optional<Duration> timeout() {
        return timeout;
    }

    /** Returns the schedule that asked; empty when a person or a program did. */
    public Optional<ScheduleId> schedule() {
        return schedule;
    }

    /** Returns the same request, asked for by a schedule. */
    public ExecutionRequest scheduledBy(ScheduleId asking) {
        Objects.requireNonNull(asking, "asking");
        return new ExecutionRequest(this, asking);
    }

    @Override
    public String toString() {
        // Parameter and environment values may be secrets: only their names are shown.
        return "ExecutionRequest[" + notebook + ", parameters=" + parameters.keySet() + ", environment="
                + environment.keySet() + ", priority=" + priority + ", limits=" + limits
                + timeout.map(longest -> ", timeout=" + longest).orElse("") + "]";
    }

    /** Makes an {@link ExecutionRequest}. Every method checks its argument at once. Not safe for use by many threads. */
    public static final class Builder {

        private final String notebook;
        private final Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final Set<String> tags = new LinkedHashSet<>();
        private @Nullable Path workingDirectory;
        private @Nullable Path python;
        private @Nullable String kernel;
        private @Nullable Path output;
        private @Nullable String owner;
        private ResourceSpec limits = ResourceSpec.NONE;
        private @Nullable Duration timeout;
        private @Nullable String executor;
        private @Nullable Duration startTimeout;
        private int priority;
        private boolean allowsUnknownParameters;

        private Builder(String notebook) {
            this.notebook = RequestChecks.notebook(notebook);
        }

        /**
         * Sets one parameter of the notebook.
         *
         * @param name a Python identifier that is not a keyword
         * @param value null, a string, boolean, number ({@code BigInteger} and {@code BigDecimal} too), or a list or
         *     string-keyed map of these; reaches the notebook with exactly this type and value
         * @throws IllegalArgumentException if the name or the value (or one nested in it) is something else
         */
        public Builder parameter(String name, @Nullable Object value) {
            Objects.requireNonNull(name, "name");
            parameters.put(RequestChecks.parameterName(name), RequestChecks.parameterValue(name, value));
            return this;
        }

        /** Sets many parameters; see {@link #parameter(String, Object)}. */
        public Builder parameters(Map<String, ? extends @Nullable Object> values) {
            values.forEach(this::parameter);
            return this;
        }

        /**
         * Adds an environment variable.
         *
         * @throws IllegalArgumentException if the name is empty, has {@code =} or NUL, or begins with {@code NBGUARD_}
         */
        public Builder environment(String name, String value) {
            environment.put(
                    RequestChecks.environmentName(name), RequestChecks.noNul("environment variable " + name, value));
            return this;
        }

        /** Sets the folder that the notebook's code runs in. */
        public Builder workingDirectory(Path folder) {
            workingDirectory = folder.toAbsolutePath().normalize();
            return this;
        }

        /** Sets the Python to use: an interpreter, or a virtual environment's folder. */
        public Builder python(Path interpreterOrVenv) {
            // Not normalised through links: a venv's python is a link whose place matters.
            python = interpreterOrVenv.toAbsolutePath();
            return this;
        }

        /** Sets the Jupyter kernel's name. */
        public Builder kernel(String name) {
            Objects.requireNonNull(name, "name");
            kernel = RequestChecks.oneLine("kernel name", name);
            return this;
        }

        /** Sets the exact file for the executed notebook. A file that is there already is kept: the new one gets a suffix. */
        public Builder output(Path file) {
            output = file.toAbsolutePath().normalize();
            return this;
        }

        /** Sets the person or service that requests it. */
        public Builder owner(String name) {
            Objects.requireNonNull(name, "name");
            owner = RequestChecks.oneLine("owner", name);
            return this;
        }

        /** Adds a label. */
        public Builder tag(String label) {
            Objects.requireNonNull(label, "label");
            tags.add(RequestChecks.oneLine("tag", label));
            return this;
        }

        /**
         * Allows parameters that the notebook's cell tagged {@code parameters} does not mention; else a request with one is
         * refused, for it may be a slip. A notebook without such a cell takes any. Default: false.
         */
        public Builder allowUnknownParameters(boolean allow) {
            allowsUnknownParameters = allow;
            return this;
        }

        /**
         * Sets the priority; higher is more important, 0 is usual. It is for kill policies: {@code lowest-priority} ends the
         * lowest first, the default policy does not look at it. Executions start in the order in which they were asked for.
         */
        public Builder priority(int value) {
            priority = value;
            return this;
        }

        /**
         * Sets what it may use, in place of all limits that were set before.
         *
         * <p>A limit that nothing here enforces is refused when the request is handed in.
         */
        public Builder limits(ResourceSpec asked) {
            limits = Objects.requireNonNull(asked, "asked");
            return this;
        }

        /**
         * Sets which executor runs it, such as {@code nbguard-papermill}. Default: that of the guard's rule for one of the
         * request's tags, else the guard's first.
         */
        public Builder executor(String name) {
            Objects.requireNonNull(name, "name");
            executor = RequestChecks.oneLine("executor", name);
            return this;
        }

        /**
         * Sets how long its user code may take to begin, from the hand-over to the executor on: time in an engine's queue counts,
         * time in the guard's own queue does not.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder startTimeout(Duration longest) {
            Objects.requireNonNull(longest, "longest");
            if (longest.isNegative() || longest.isZero()) {
                throw new IllegalArgumentException("start time-out is " + longest + "; expected more than 0");
            }
            startTimeout = longest;
            return this;
        }

        /**
         * Sets the most memory that its processes may hold, and keeps the other limits; the watchdog ends it beyond that.
         *
         * @throws IllegalArgumentException if that is less than 6 MiB, or more than its limit of memory + swap
         */
        public Builder memoryLimit(ByteSize most) {
            Objects.requireNonNull(most, "most");
            limits = limits.toBuilder().memory(most).build();
            return this;
        }

        /**
         * Sets the longest that it may run, from the start of its code on. Until a local executor has reported that start, the
         * same time is allowed from the launch on.
         *
         * @throws IllegalArgumentException if that is 0 or negative
         */
        public Builder timeout(Duration longest) {
            Objects.requireNonNull(longest, "longest");
            if (longest.isZero() || longest.isNegative()) {
                throw new IllegalArgumentException("a timeout must be longer than 0, not " + longest);
            }
            timeout = longest;
            return this;
        }

        /** Returns the request. */
        public ExecutionRequest build() {
            return new ExecutionRequest(this);
        }
    }
}
