package io.nbguard.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The rules of axe-core (WCAG, levels A and AA, and good practice), asked of a page as it stands. */
public final class Axe {

    private static final String RULES = "axe.min.js";
    private static final String RUN = """
            async () => {
              const { violations } = await axe.run(document, { resultTypes: ['violations'] });
              return violations
                .filter(({ impact }) => impact === 'serious' || impact === 'critical')
                .flatMap(({ id, impact, help, nodes }) =>
                  nodes.map((node) => `${impact} ${id}: ${help}: ${node.html} ${node.failureSummary}`));
            }""";

    private Axe() {}

    /** Fails if anything on the page is a serious obstacle, and says what and where. */
    @SuppressWarnings("unchecked")
    public static void assertNoObstacles(Page page, String what) {
        page.evaluate(rules());
        assertThat((List<String>) page.evaluate(RUN)).as(what).isEmpty();
    }

    private static String rules() {
        try (InputStream in = Axe.class.getClassLoader().getResourceAsStream(RULES)) {
            if (in == null) {
                throw new IOException(RULES + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
