package io.nbguard.server.notebook;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.server.notebook.NotebookCell.Image;
import io.nbguard.server.notebook.NotebookCell.Omitted;
import io.nbguard.server.notebook.NotebookCell.Output;
import io.nbguard.server.notebook.NotebookCell.Text;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An executed notebook as a page without scripts. Everything that comes from the notebook is text to this page: markdown is
 * shown as it was written, HTML and JavaScript outputs are not shown, pictures are data.
 */
public final class NotebookView implements CellReader.Visitor {

    private static final long LARGEST = 32L << 20;

    private static final String STYLE =
            "body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;"
                    + "color:#1b1f24;background:#fff}header{border-bottom:1px solid #d0d7de;margin-bottom:1rem}"
                    + "pre{font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0;"
                    + "padding:.6rem .8rem;border-radius:6px}.code{background:#f3f5f8}.text{font:inherit}.error{background:#ffebe9;"
                    + "color:#82071e}.note{color:#59636e;font-style:italic}.count{color:#59636e;font-size:12px}img{max-width:100%}"
                    + "section{margin:0 0 1rem}@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}"
                    + ".code{background:#161b22}.error{background:#3c1618;color:#ffb3ad}header{border-color:#30363d}}";

    private static final int MOST_OUTPUTS = 1_000;
    private static final int MOST_HELD = 5 << 20;

    private final Writer page;
    private final List<Output> outputs = new ArrayList<>();
    private int held;
    private long more;
    private long written;
    private boolean broken;

    private NotebookView(Writer page) {
        this.page = page;
    }

    /** Returns the content security policy of the page: nothing but its own style and pictures within it. */
    public static String policy() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(STYLE.getBytes(StandardCharsets.UTF_8));
            return "sandbox; default-src 'none'; img-src data:; style-src 'sha256-"
                    + Base64.getEncoder().encodeToString(hash) + "'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'self'";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /**
     * Writes the page, cell by cell.
     *
     * @param notebook read to its end; not closed
     * @param title what the page is called
     * @throws IOException if the reader has gone
     */
    public static void write(InputStream notebook, String title, OutputStream to) throws IOException {
        Writer page = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8));
        page.write("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\""
                + " content=\"width=device-width, initial-scale=1\"><title>");
        escape(page, title);
        page.write("</title><style>" + STYLE + "</style></head><body><header><h1>");
        escape(page, title);
        page.write("</h1></header><main>");
        NotebookView view = new NotebookView(page);
        try {
            CellReader.read(notebook, view);
        } catch (IOException e) {
            if (view.broken) {
                throw e;
            }
            note(page, "The notebook breaks off here.");
        }
        page.write("</main></body></html>");
        page.flush();
    }

    @Override
    public void output(Output output) {
        int size = output instanceof Text text
                ? text.text().length()
                : output instanceof Image image ? image.base64().length() : 0;
        if (outputs.size() < MOST_OUTPUTS && held + size <= MOST_HELD) {
            outputs.add(output);
            held += size;
        } else {
            more++;
        }
    }

    @Override
    public boolean cell(NotebookCell cell) throws IOException {
        if (written > LARGEST) {
            note(page, "The rest is too large to be shown here: download the notebook.");
            return false;
        }
        try {
            show(cell);
        } catch (IOException e) {
            broken = true;
            throw e;
        }
        written += held + cell.source().length();
        outputs.clear();
        held = 0;
        more = 0;
        return true;
    }

    private void show(NotebookCell cell) throws IOException {
        page.write("<section>");
        boolean code = cell.type().equals("code");
        if (code) {
            page.write("<div class=\"count\">In [");
            escape(page, cell.count().orElse(" "));
            page.write("]</div>");
        }
        pre(page, code ? "code" : "text", cell.source());
        rest(cell.sourceMore());
        for (Output output : outputs) {
            if (output instanceof Text text) {
                pre(page, text.error() ? "error" : "output", PlainOutput.of(text.text()));
                rest(text.more());
            } else if (output instanceof Image image) {
                // Both were checked: one of two media types, and base64.
                page.write("<img alt=\"Output of this cell\" src=\"data:" + image.mediaType() + ";base64,");
                page.write(image.base64());
                page.write("\">");
            } else if (output instanceof Omitted omitted) {
                note(page, "Not shown: " + omitted.why() + ".");
            }
        }
        if (more > 0) {
            note(page, "… " + more + " more outputs of this cell: download the notebook.");
        }
        page.write("</section>");
    }

    private void rest(long characters) throws IOException {
        if (characters > 0) {
            note(page, "… " + ByteSize.ofBytes(characters) + " more: download the notebook.");
        }
    }

    private static void pre(Writer page, String style, String text) throws IOException {
        if (!text.isBlank()) {
            page.write("<pre class=\"" + style + "\">");
            escape(page, text.stripTrailing());
            page.write("</pre>");
        }
    }

    private static void note(Writer page, String text) throws IOException {
        page.write("<p class=\"note\">");
        escape(page, text);
        page.write("</p>");
    }

    private static void escape(Writer page, String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            char at = text.charAt(i);
            switch (at) {
                case '<' -> page.write("&lt;");
                case '>' -> page.write("&gt;");
                case '&' -> page.write("&amp;");
                case '"' -> page.write("&quot;");
                case '\'' -> page.write("&#39;");
                default -> page.write(at != '\n' && at != '\t' && PlainOutput.isControl(at) ? '\uFFFD' : at);
            }
        }
    }
}
