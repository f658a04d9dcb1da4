package io.nbguard.cli;

import static io.nbguard.server.page.BrowserSession.expect;
import static io.nbguard.server.page.BrowserSession.keepLongPicture;
import static io.nbguard.server.page.BrowserSession.keepPicture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.nbguard.server.page.Axe;
import io.nbguard.server.page.BrowserSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a person does with the dashboard in an evening, in a real browser, against the real {@code serve} with real papermill:
 * the done-when of the page. Pictures of it are kept in {@code target/screenshots}.
 */
@Tag("slow")
class DashboardBrowserTest {

    private static final String SLEEPER = """
            {"cells": [{"cell_type": "code", "execution_count": null, "id": "sleep", "metadata": {}, "outputs": [],
              "source": "import time\\nprint('asleep', flush=True)\\ntime.sleep(900)"}],
             "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
             "nbformat": 4, "nbformat_minor": 5}
            """;

    private static BrowserSession browser;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBrowser() {
        browser = BrowserSession.start(BrowserSession.TIMEOUT);
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    private Page page;

    @Test
    void anEveningWithTheDashboard() throws IOException {
        Path notebooks = Files.createDirectories(folder.resolve("notebooks"));
        for (String name : List.of("heat.ipynb", "words.ipynb", "hog.ipynb", "primes.ipynb")) {
            try (InputStream in = DashboardBrowserTest.class.getResourceAsStream("/io/nbguard/cli/demo/" + name)) {
                Files.copy(in, notebooks.resolve(name));
            }
        }
        Files.writeString(notebooks.resolve("sleeper.ipynb"), SLEEPER);

        ServedDashboard served = ServedDashboard.start(folder);
        try {
            page = browser.page(BrowserSession.DESKTOP, ColorScheme.DARK);
            opensWithThePrintedLink(served);
            startsANotebookWithAParameterAndWatchesIt();
            schedulesAnotherEveryTenSecondsAndSeesItRun();
            startsTheHogAndSeesItEnded();
            opensTheChartOfTheHog();
            stopsOneThatRuns();
            looksFromAPhone(served);

            served.close();
            expect(page.locator("#connection")).hasText("reconnecting…");
            keepPicture(page, "desktop-dark-reconnecting");
            served = served.again();
            seesThePageComeBackWithItsHistory();
        } finally {
            served.close();
        }
        assertThat(browser.complaints())
                .as("errors of the page, or against its policy")
                .isEmpty();
    }

    private void opensWithThePrintedLink(ServedDashboard served) {
        page.navigate(served.link());
        expect(page.locator("#connection")).hasText("live");
        assertThat(page.url()).doesNotContain("token");
        expect(page.locator("[data-notebook]")).hasCount(5);
        expect(page.locator("#gauges .gauge").first()).containsText(Pattern.compile("[0-9.]+ [MG]iB"));
    }

    private void startsANotebookWithAParameterAndWatchesIt() {
        buttonNamed("Start heat.ipynb").click();
        Locator dialog = page.locator("dialog[open]");
        dialog.getByLabel("size").fill("80");
        dialog.getByLabel("sweeps").fill("2000");
        dialog.getByText("Start", new Locator.GetByTextOptions().setExact(true)).click();
        Locator card = page.locator("#running-cards article[aria-label='heat.ipynb']");
        expect(card).isVisible();

        Set<String> cells = new TreeSet<>();
        Set<String> memory = new TreeSet<>();
        Locator seen = page.locator("#running-cards article[aria-label='heat.ipynb'] [data-part]");
        await("cells and memory move").atMost(BrowserSession.TIMEOUT).until(() -> {
            List<String> parts = seen.allInnerTexts();
            if (parts.size() == 4) {
                cells.add(parts.get(0));
                memory.add(parts.get(2));
            }
            return cells.stream().filter(text -> text.matches("\\d+ / \\d+")).count() >= 3
                    && memory.stream()
                                    .filter(text -> text.matches("[0-9.]+ MiB"))
                                    .count()
                            >= 2;
        });
        expect(historyRow("heat.ipynb").first()).containsText("completed");
        historyRow("heat.ipynb").first().getByRole(AriaRole.BUTTON).click();
        expect(page.locator("dialog.drawer .values")).containsText("2000");
        expect(page.locator("dialog.drawer pre.output")).containsText("centre of the plate");
        page.keyboard().press("Escape");
    }

    private void schedulesAnotherEveryTenSecondsAndSeesItRun() {
        buttonNamed("Schedule words.ipynb").click();
        Locator dialog = page.locator("dialog[open]");
        dialog.getByRole(
                        AriaRole.TEXTBOX,
                        new Locator.GetByRoleOptions().setName("Every").setExact(true))
                .fill("10");
        dialog.getByLabel("Every: unit").selectOption("seconds");
        expect(dialog.locator(".preview li")).hasCount(5);
        keepPicture(page, "desktop-dark-schedule");
        buttonNamed("Add schedule").click();

        Locator row = page.locator("#schedule-table tbody tr");
        expect(row).containsText("every 10 seconds");
        expect(row.locator("td").nth(4)).hasText(Pattern.compile("[1-9]\\d*"));
        expect(historyRow("words.ipynb").first()).containsText("completed");
        row.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(Pattern.compile("^Pause")))
                .click();
        expect(row).containsText("paused");
    }

    private void startsTheHogAndSeesItEnded() {
        buttonNamed("Start primes.ipynb").click();
        page.locator("dialog[open]")
                .getByLabel("limit", new Locator.GetByLabelOptions().setExact(true))
                .fill("3000000");
        page.locator("dialog[open] button[type='submit']").click();
        buttonNamed("Start hog.ipynb").click();
        Locator dialog = page.locator("dialog[open]");
        dialog.getByLabel("mb_per_second").fill("50");
        dialog.getByLabel("safety_bound_mb").fill("1500");
        dialog.locator("button[type='submit']").click();
        Locator card = page.locator("#running-cards article[aria-label='hog.ipynb']");
        expect(card.locator("[data-part='memory']")).hasText(Pattern.compile("^[23]\\d\\d\\.\\d MiB$"));
        keepPicture(page, "desktop-dark-running");

        Locator kill = page.locator("#event-log li.alarm").first();
        expect(kill).containsText("OOM Prevention: Terminated hog.ipynb");
        expect(page.locator("#toasts .toast").filter(new Locator.FilterOptions().setHasText("OOM Prevention")))
                .isVisible();
        expect(historyRow("hog.ipynb").first()).containsText("ended by watchdog");
        keepPicture(page, "desktop-dark-kill");
    }

    private void opensTheChartOfTheHog() {
        historyRow("hog.ipynb").first().getByRole(AriaRole.BUTTON).click();
        Locator drawer = page.locator("dialog.drawer");
        expect(drawer.locator("canvas")).isVisible();
        expect(drawer.locator(".scenario")).containsText("OOM Prevention: Terminated");
        expect(drawer.locator("[role=img]")).hasAttribute("aria-label", Pattern.compile("Memory came to [3-9]\\d\\d"));
        Axe.assertNoObstacles(page, "the drawer of the hog");
        keepPicture(page, "desktop-dark-history-chart");
        String link = drawer.getByText("Download .ipynb").getAttribute("href");
        APIResponse notebook =
                page.request().get(page.url().replaceAll("#.*", "").replaceAll("/$", "") + link);
        assertThat(notebook.status()).isEqualTo(200);
        assertThat(notebook.text()).contains("loading the first batch");
        page.keyboard().press("Escape");
    }

    private void stopsOneThatRuns() {
        buttonNamed("Start sleeper.ipynb").click();
        page.locator("dialog[open] button[type='submit']").click();
        Locator card = page.locator("#running-cards article[aria-label='sleeper.ipynb']");
        expect(card).containsText("MiB");
        card.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Stop: sleeper.ipynb"))
                .click();
        buttonNamed("Stop now").click();
        expect(historyRow("sleeper.ipynb").first()).containsText("stopped");
        expect(card).hasCount(0);
    }

    private void looksFromAPhone(ServedDashboard served) {
        for (ColorScheme colours : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            String name = colours.name().toLowerCase(java.util.Locale.ROOT);
            try (Page phone = browser.page(BrowserSession.PHONE, colours)) {
                phone.navigate(served.link());
                expect(phone.locator("#event-log li.alarm").first())
                        .containsText("OOM Prevention: Terminated hog.ipynb");
                assertThat(phone.evaluate("() => document.documentElement.scrollWidth - window.innerWidth"))
                        .isEqualTo(0);
                Axe.assertNoObstacles(phone, "the page on a phone");
                keepPicture(phone, "phone-" + name);
                keepLongPicture(phone, "phone-long-" + name);
            }
        }
        try (Page desk = browser.page(BrowserSession.DESKTOP, ColorScheme.LIGHT)) {
            desk.navigate(served.link());
            expect(desk.locator("#event-log li.alarm").first()).isVisible();
            expect(desk.locator("#node-chart canvas")).isVisible();
            Axe.assertNoObstacles(desk, "the page on a desk");
            keepPicture(desk, "desktop-light");
        }
    }

    private void seesThePageComeBackWithItsHistory() {
        expect(page.locator("#connection")).hasText("live");
        expect(historyRow("hog.ipynb").first()).containsText("ended by watchdog");
        expect(historyRow("heat.ipynb").first()).containsText("completed");
        expect(historyRow("sleeper.ipynb").first()).containsText("stopped");
        expect(page.locator("#running-cards article")).hasCount(0);
        page.reload();
        expect(page.locator("#connection")).hasText("live");
        expect(historyRow("hog.ipynb").first()).containsText("ended by watchdog");
        keepLongPicture(page, "desktop-dark-after-restart");
    }

    private Locator historyRow(String notebook) {
        return page.locator("#history-table tbody tr")
                .filter(new Locator.FilterOptions().setHasText(Pattern.compile("^" + notebook.replace(".", "\\."))));
    }

    private Locator buttonNamed(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }
}
