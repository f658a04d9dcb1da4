package io.nbguard.papermill.launch;

/** A command under a supervisor, which takes commands of one word each. */
abstract class Supervised implements RunningPython {

    /** Says a word to the supervisor, if it still lives. Returns at once. */
    abstract void send(String word);

    @Override
    public void outliveHost() {
        send("KEEP");
    }

    @Override
    public void interrupt() {
        send("INT");
    }

    @Override
    public void terminate() {
        send("TERM");
    }

    @Override
    public void kill() {
        send("KILL");
    }
}
