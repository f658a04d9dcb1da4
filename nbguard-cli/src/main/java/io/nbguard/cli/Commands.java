package io.nbguard.cli;

import picocli.CommandLine;

/** Makes commands, each with its surroundings. */
final class Commands implements CommandLine.IFactory {

    private final Surroundings surroundings;

    Commands(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        if (type == RunCommand.class) {
            return type.cast(new RunCommand(surroundings));
        }
        if (type == DemoCommand.class) {
            return type.cast(new DemoCommand(surroundings));
        }
        if (type == TopCommand.class) {
            return type.cast(new TopCommand(surroundings));
        }
        if (type == ServeCommand.class) {
            return type.cast(new ServeCommand(surroundings));
        }
        if (type == PsCommand.class) {
            return type.cast(new PsCommand(surroundings));
        }
        if (type == HistoryCommand.class) {
            return type.cast(new HistoryCommand(surroundings));
        }
        if (type == StopCommand.class) {
            return type.cast(new StopCommand(surroundings));
        }
        if (type == LogsCommand.class) {
            return type.cast(new LogsCommand(surroundings));
        }
        if (type == ScheduleCommand.class) {
            return type.cast(new ScheduleCommand(surroundings));
        }
        if (type == ScheduleAddCommand.class) {
            return type.cast(new ScheduleAddCommand(surroundings));
        }
        if (type == LimitsCommand.class) {
            return type.cast(new LimitsCommand(surroundings));
        }
        if (type == DoctorCommand.class) {
            return type.cast(new DoctorCommand(surroundings));
        }
        return CommandLine.defaultFactory().create(type);
    }
}
