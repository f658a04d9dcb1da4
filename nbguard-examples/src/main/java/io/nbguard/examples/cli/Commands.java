package io.nbguard.examples.cli;

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
        if (type == DoctorCommand.class) {
            return type.cast(new DoctorCommand(surroundings));
        }
        return CommandLine.defaultFactory().create(type);
    }
}
