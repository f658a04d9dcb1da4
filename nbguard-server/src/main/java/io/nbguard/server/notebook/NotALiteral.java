package io.nbguard.server.notebook;

/** Says that a text is no Python literal that is understood. */
final class NotALiteral extends Exception {

    private static final long serialVersionUID = 1L;

    NotALiteral() {
        super("not a literal", null, false, false);
    }
}
