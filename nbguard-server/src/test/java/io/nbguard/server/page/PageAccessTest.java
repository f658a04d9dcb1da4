package io.nbguard.server.page;

import static io.nbguard.server.page.BrowserSession.expect;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import io.nbguard.server.page.BrowserSession.Screen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who can use the page: with a screen reader, with the keyboard alone, on a phone and on a wall, in the dark and in the sun. */
@Tag("slow")
class PageAccessTest extends CannedPageTest {

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"DARK", "LIGHT"})
    void nothingOnThePageStandsInTheWayOfAssistiveTechnology(ColorScheme colours) {
        open(BrowserSession.DESKTOP, colours);
        Axe.assertNoObstacles(page, "the page");
        expect(page.locator("#node-chart canvas")).isVisible();
        for (int i = 0; i < 90; i++) {
            host.send(
                    "snapshot",
                    CannedAnswers.snapshot().replace("214000000", Integer.toString(90_000_000 + i * i * 15_000)));
        }
        expect(page.locator("[data-execution='01RUNS1'] [data-part='memory']")).hasText("199.1 MiB");
        String name = colours.name().toLowerCase(java.util.Locale.ROOT);
        BrowserSession.keepLongPicture(page, "canned-desktop-" + name);

        page.locator("#safety-button").click();
        expect(page.locator("#safety")).isVisible();
        Axe.assertNoObstacles(page, "the safety popover");
        BrowserSession.keepPicture(page, "canned-safety-" + name);
        page.keyboard().press("Escape");

        buttonNamed("Start reports/daily.ipynb").click();
        expect(page.locator("dialog[open]")).isVisible();
        Axe.assertNoObstacles(page, "the dialog that starts a notebook");
        BrowserSession.keepPicture(page, "canned-start-" + name);
        page.keyboard().press("Escape");

        buttonNamed("Schedule reports/daily.ipynb").click();
        expect(page.locator("dialog[open] .preview li")).hasCount(5);
        Axe.assertNoObstacles(page, "the dialog that schedules a notebook");
        BrowserSession.keepPicture(page, "canned-schedule-" + name);
        page.keyboard().press("Escape");

        page.locator("#history-table tr[data-execution='01KILLED'] button").click();
        expect(page.locator("dialog.drawer canvas")).isVisible();
        Axe.assertNoObstacles(page, "the drawer of an execution");
        BrowserSession.keepPicture(page, "canned-drawer-" + name);
    }

    @ParameterizedTest
    @ValueSource(ints = {360, 390, 768, 1024, 1180, 1440, 1920, 2560})
    void noWidthNeedsSidewaysScrolling(int width) {
        open(new Screen(width, 844), ColorScheme.DARK);

        assertThat(page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth"))
                .isEqualTo(0);
        Axe.assertNoObstacles(page, "the page at " + width);
        BrowserSession.keepLongPicture(page, "canned-width-" + width);
    }

    @Test
    void theKeyboardAloneStartsANotebookAndFocusComesBack() {
        open(BrowserSession.DESKTOP, ColorScheme.LIGHT);
        Locator start = buttonNamed("Start reports/daily.ipynb");
        start.focus();
        page.keyboard().press("Enter");
        Locator dialog = page.locator("dialog[open]");
        expect(dialog).isVisible();
        page.keyboard().press("Escape");
        expect(dialog).hasCount(0);
        expect(start).isFocused();

        page.keyboard().press("Enter");
        dialog.getByLabel("year").focus();
        page.keyboard().press("Control+a");
        page.keyboard().type("next");
        page.keyboard().press("Enter");
        expect(dialog).containsText("“next” is not a whole number");
        expect(dialog.getByLabel("year")).isFocused();
        page.keyboard().press("Control+a");
        page.keyboard().type("2027");
        dialog.getByLabel("rate").fill("2");
        page.keyboard().press("Enter");
        expect(dialog).hasCount(0);

        expect(page.locator("#running-cards [data-execution='01STARTED']")).isVisible();
        // Only what was changed is sent, and a float stays one.
        assertThat(host.requests())
                .filteredOn(request -> request.startsWith("POST /api/v1/executions"))
                .singleElement()
                .asString()
                .contains("\"parameters\":{\"year\":2027,\"rate\":2.0}");
    }

    @Test
    void theThemeIsChosenByHandAndRemembered() {
        open(BrowserSession.DESKTOP, ColorScheme.DARK);
        String dark = ground();
        page.locator("#theme").click();
        String light = ground();
        assertThat(light).isNotEqualTo(dark);

        page.reload();
        expect(page.locator("#connection")).hasText("live");

        assertThat(ground()).isEqualTo(light);
    }

    private String ground() {
        return (String) page.evaluate("() => getComputedStyle(document.body).backgroundColor");
    }
}
