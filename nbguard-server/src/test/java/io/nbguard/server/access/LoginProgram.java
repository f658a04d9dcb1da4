package io.nbguard.server.access;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A host's share of the logins in one file: logs many in and each second one out, and prints the cookies of both kinds. */
final class LoginProgram {

    private LoginProgram() {}

    /**
     * Runs it.
     *
     * @param arguments the token, the file of logins, how many to log in, a file to wait for before it begins
     */
    public static void main(String[] arguments) throws Exception {
        Tokens tokens = new Tokens(arguments[0], Optional.empty(), Optional.of(Path.of(arguments[1])));
        System.out.println("ready");
        while (!Files.exists(Path.of(arguments[3]))) {
            Thread.onSpinWait();
        }
        List<String> open = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            open.add(tokens.logIn(Role.OPERATOR));
            if (open.size() == 2) {
                String ended = open.remove(0);
                tokens.logOut(ended);
                System.out.println("out " + ended);
            }
        }
        open.forEach(cookie -> System.out.println("in " + cookie));
    }
}
