package io.nbguard.server.page;

import static io.nbguard.server.page.BrowserSession.expect;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.nbguard.server.page.BrowserSession.Screen;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A test of the page in a browser, against canned answers; it fails if the page's own code or its policy complains. */
abstract class CannedPageTest {

    private static BrowserSession browser;

    CannedHost host;
    Page page;

    @BeforeAll
    static void startBrowser() {
        browser = BrowserSession.start(Duration.ofSeconds(20));
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void startHost() throws IOException {
        host = CannedHost.start();
    }

    @AfterEach
    void closeHost() {
        if (page != null) {
            page.context().close();
        }
        host.close();
        assertThat(browser.complaints())
                .as("errors of the page, or against its policy")
                .isEmpty();
    }

    /** Opens a page that is not loaded yet. */
    Page blank(Screen screen, ColorScheme colours) {
        page = browser.page(screen, colours);
        return page;
    }

    /** Opens the dashboard, and waits until everything is on it. */
    void open(Screen screen, ColorScheme colours) {
        blank(screen, colours).navigate(host.address().toString());
        expect(page.locator("#connection")).hasText("live");
        expect(page.locator("#history-table tbody tr").first()).isVisible();
        expect(page.locator("#event-log li").first()).isVisible();
    }

    Locator buttonNamed(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }
}
