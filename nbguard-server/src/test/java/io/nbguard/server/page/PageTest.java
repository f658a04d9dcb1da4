package io.nbguard.server.page;

import static io.nbguard.server.page.BrowserSession.expect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page against canned answers: what a real host cannot be made to say on demand. */
@Tag("slow")
class PageTest extends CannedPageTest {

    private static final int GZIPPED_BUDGET = 60 * 1024;
    private static final Path SOURCE = Path.of("src/main/resources/io/nbguard/server/page");

    @Test
    void whatNotebooksAndServersSayIsShownAsTextAndNeverAsMarkup() {
        String evil = "<img src=x onerror='window.hacked=1'><b>x</b>.ipynb";
        host.answer(
                "GET /api/v1/notebooks",
                200,
                "{\"items\":[{\"name\":\"" + evil + "\",\"running\":0,\"queued\":0,\"lastExecution\":null}]}");
        host.answer(
                "GET /api/v1/events",
                200,
                "{\"items\":[{\"at\":\"@-5\",\"type\":\"Terminated\",\"severity\":\"critical\",\"kill\":true,\"execution\":null,"
                        + "\"notebook\":\"" + evil + "\",\"message\":\"OOM Prevention: Terminated " + evil + "\"}]}");
        open(BrowserSession.DESKTOP, ColorScheme.DARK);

        expect(page.locator("[data-notebook] h3")).hasText(evil);
        expect(page.locator("#event-log li.alarm")).containsText("Terminated " + evil);
        assertThat(page.locator("main img, main b").count()).isZero();
        assertThat(page.evaluate("() => window.hacked ?? 'safe'")).isEqualTo("safe");
    }

    @Test
    void whatTheServerRefusesIsToldBesideItsFieldInTheServersWords() {
        String refusal = "'61 * * * *' is not a cron expression: minute 61 is not from 0 to 59";
        open(BrowserSession.DESKTOP, ColorScheme.DARK);
        buttonNamed("Schedule words.ipynb").click();
        Locator dialog = page.locator("dialog[open]");
        dialog.getByText("Cron", new Locator.GetByTextOptions().setExact(true)).click();
        expect(dialog.locator(".preview li")).hasCount(5);
        host.answer(
                "POST /api/v1/schedules/preview",
                400,
                "{\"error\":{\"code\":\"BAD_REQUEST\",\"message\":\"" + refusal + "\"}}");

        Locator expression = dialog.getByLabel("Cron expression");
        expression.fill("61 * * * *");

        expect(dialog.getByText(refusal)).isVisible();
        expect(expression).hasAttribute("aria-invalid", "true");
        Axe.assertNoObstacles(page, "a field with an error");
    }

    @Test
    void aScheduleShowsHowItsLastRunEndedAndNotOnlyThatItWasStarted() {
        open(BrowserSession.DESKTOP, ColorScheme.DARK);

        Locator failing = page.locator("[data-schedule=nightly-report] .last-run");
        expect(failing.locator(".outcome")).hasText("failed");
        expect(failing.locator(".outcome")).hasAttribute("data-tone", "bad");
        expect(failing.locator(".why")).hasText("KeyError: 'amount_eur' (cell 4)");
        Locator well = page.locator("[data-schedule=weekly] .last-run");
        expect(well).containsText("completed");
        expect(well).containsText("since then skipped: still running");
        expect(page.locator("[data-schedule=spring-clean] .last-run")).hasText("not yet");
    }

    @Test
    void aLoopThatStandsStillIsAnAlarmUntilItMovesAgain() {
        open(BrowserSession.DESKTOP, ColorScheme.DARK);
        Locator rung = page.locator("#rung");
        expect(rung).not().hasText("The watchdog stands still");

        String standing = CannedAnswers.snapshot()
                .replace("\"missedTicks\": 0", "\"missedTicks\": 0, \"sinceLastTickSeconds\": 42.0, \"stalled\": true");
        assertThat(standing).isNotEqualTo(CannedAnswers.snapshot());
        host.show(standing);

        expect(rung).hasText("The watchdog stands still");
        expect(rung).hasAttribute("data-tone", "alarm");
        page.locator("[popovertarget=safety]").click();
        expect(page.locator("#safety")).containsText("42.0 s ago: the watchdog stands still");
        Axe.assertNoObstacles(page, "the page while the watchdog stands still");

        host.show(CannedAnswers.snapshot());
        expect(rung).not().hasText("The watchdog stands still");
    }

    @Test
    void theExecutorsAreShownWhereThereIsAChoiceOrAnEngineThatMayNotAnswer() {
        open(BrowserSession.DESKTOP, ColorScheme.DARK);
        Locator executors = page.locator("#executors");
        expect(executors).isHidden();
        String local =
                "{\"name\":\"nbguard-papermill\",\"location\":\"local\",\"reachable\":true,\"since\":null,\"finding\":null}";
        String down = "{\"name\":\"nbguard-slurm\",\"location\":\"remote\",\"reachable\":false,\"since\":\"@-90\","
                + "\"finding\":\"slurmctld does not answer\"}";

        host.show(withExecutors(local));
        expect(page.locator("#executors li")).hasCount(1);
        expect(executors).isHidden();
        host.show(withExecutors(local + "," + CannedAnswers.withTimes(down)));
        expect(executors).isVisible();
        expect(page.locator("[data-executor=nbguard-papermill]")).containsText("runs here");
        Locator engine = page.locator("[data-executor=nbguard-slurm]");
        expect(engine).containsText("remote");
        expect(engine.locator(".badge")).hasText("unreachable");
        expect(engine).containsText("slurmctld does not answer");
        expect(engine.locator("time")).hasText(Pattern.compile("1 min ago"));
        Axe.assertNoObstacles(page, "the page with an engine that does not answer");
        host.show(withExecutors(down.replace("false", "true").replace("\"slurmctld does not answer\"", "null")));
        expect(engine.locator(".badge")).hasText("reachable");
        expect(executors).isVisible();
    }

    private static String withExecutors(String executors) {
        String snapshot = CannedAnswers.snapshot().strip();
        return snapshot.substring(0, snapshot.length() - 1) + ",\"executors\":[" + executors + "]}";
    }

    @Test
    void aViewerSeesEverythingAndNoButtonThatChangesAnything() {
        host.answer("GET /api/v1/session", 200, "{\"role\":\"viewer\",\"version\":\"0.1.0\",\"startedAt\":\"@-60\"}");
        open(BrowserSession.DESKTOP, ColorScheme.DARK);

        expect(page.locator("#running-cards article")).hasCount(2);
        assertThat(page.locator("main button:visible").allInnerTexts())
                .noneMatch(Pattern.compile("Start|Stop|Schedule|New|queue").asPredicate());
        assertThat(page.locator("#schedule-table .acts button:visible").count()).isZero();
    }

    @Test
    void anUnauthenticatedUserIsAskedForATokenAndAWrongOneIsRefusedInWords() {
        String who = "GET /api/v1/session";
        host.answer(who, 401, "{\"error\":{\"code\":\"UNAUTHORIZED\",\"message\":\"a token is needed\"}}");
        host.answer(
                "POST /api/v1/login",
                401,
                "{\"error\":{\"code\":\"UNAUTHORIZED\",\"message\":\"the token is not valid\"}}");
        blank(BrowserSession.PHONE, ColorScheme.DARK);
        page.navigate(host.address().toString());
        Locator token = page.getByLabel("Token");
        expect(token).isFocused();
        Axe.assertNoObstacles(page, "the form that asks for a token");
        BrowserSession.keepPicture(page, "canned-login-phone");
        token.fill("guessed");
        token.press("Enter");
        expect(page.locator("#token-error")).hasText("the token is not valid");

        host.answer("POST /api/v1/login", 200, "{}");
        host.answer(who, 200, "{\"role\":\"operator\",\"version\":\"0.1.0\",\"startedAt\":\"@-60\"}");
        token.fill("the right one");
        token.press("Enter");
        expect(page.locator("#connection")).hasText("live");
    }

    @Test
    void theTokenOfTheLinkIsUsedOnceAndLeavesTheAddress() {
        blank(BrowserSession.DESKTOP, ColorScheme.DARK);
        page.navigate(host.address() + "#token=secret-token");
        expect(page.locator("#connection")).hasText("live");

        assertThat(page.url()).isEqualTo(host.address().toString());
        assertThat(host.requests()).contains("POST /api/v1/login {\"token\":\"secret-token\"}");
        assertThat((String) page.evaluate("() => JSON.stringify({ ...localStorage, ...sessionStorage })"))
                .doesNotContain("secret-token");
    }

    @Test
    void aStreamThatBreaksIsOpenedAgainAndEverythingIsAskedForAgain() throws IOException {
        open(BrowserSession.DESKTOP, ColorScheme.DARK);
        host.answer("GET /api/v1/schedules", 200, "{\"items\":[]}");

        host.breakStreams();

        expect(page.locator("#schedules-empty")).isVisible();
        expect(page.locator("#connection")).hasText("live");
        await().atMost(Duration.ofMinutes(1)).until(() -> host.streams() == 1);
    }

    @Test
    void aKillIsToldAloudAndStandsOutInTheLog() {
        open(BrowserSession.PHONE, ColorScheme.DARK);
        String message = "OOM Prevention: Terminated forecast.ipynb [01RUNS1] at 15.1 GiB of 16.0 GiB";

        host.send(
                "event",
                "{\"at\":\"@0\",\"type\":\"Terminated\",\"severity\":\"critical\",\"kill\":true,\"execution\":\"01RUNS1\","
                        + "\"notebook\":\"forecast.ipynb\",\"message\":\"" + message + "\"}");

        expect(page.locator("#assertive")).hasText(message);
        expect(page.locator("#toasts .toast")).containsText(message);
        expect(page.locator("#event-log li").first()).containsText("Watchdog kill");
        Axe.assertNoObstacles(page, "a message");
        BrowserSession.keepPicture(page, "canned-kill-phone");
    }

    @Test
    void whatTheKernelTookSomewhereOnTheMachineIsNoAlarmAndKillsAreCountedByTheServer() {
        open(BrowserSession.DESKTOP, ColorScheme.DARK);
        Locator badge = page.locator("[data-count=events]");
        expect(badge).hasText("3 kills in 24 h");
        host.answer("GET /api/v1/kills", 200, "{\"since\":\"@-86400\",\"until\":\"@0\",\"count\":4}");
        host.send(
                "event",
                "{\"at\":\"@0\",\"type\":\"KernelOomKill\",\"severity\":\"info\",\"kill\":false,\"execution\":null,"
                        + "\"notebook\":null,\"message\":\"the kernel took a process somewhere\"}");

        Locator elsewhere = page.locator("#event-log li")
                .filter(new Locator.FilterOptions().setHasText("the kernel took a process somewhere"));
        expect(elsewhere).isVisible();
        expect(elsewhere).not().hasClass("alarm");
        expect(page.locator("#toasts .toast")).hasCount(0);
        page.getByText("Important", new Page.GetByTextOptions().setExact(true)).click();
        expect(elsewhere).hasCount(0);

        host.send(
                "event",
                "{\"at\":\"@0\",\"type\":\"KernelOomKill\",\"severity\":\"critical\",\"kill\":true,\"execution\":\"01RUNS1\","
                        + "\"notebook\":\"forecast.ipynb\",\"message\":\"the kernel took forecast.ipynb\"}");
        expect(page.locator("#toasts .toast")).hasCount(1);
        expect(badge).hasText("4 kills in 24 h");
    }

    @Test
    void aGracefulStopCanBeFollowedByOneAtOnce() {
        open(BrowserSession.DESKTOP, ColorScheme.DARK);
        host.answer("DELETE /api/v1/executions/01RUNS1", 202, running("TERMINATING"));
        Locator stop = page.locator("[data-execution='01RUNS1'] .foot .changes");
        expect(stop).hasText("Stop");
        stop.click();
        dialogButton("Stop gracefully").click();

        expect(stop).hasText("Stop now");
        expect(stop).isEnabled();
        stop.click();
        expect(page.locator("dialog[open]")).containsText("It is being stopped");
        dialogButton("Stop now").click();

        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(host.queries())
                .contains("DELETE mode=graceful")
                .contains("DELETE mode=immediate"));
    }

    private Locator dialogButton(String words) {
        return page.locator("dialog[open] .ends button").filter(new Locator.FilterOptions().setHasText(words));
    }

    private static String running(String state) {
        return "{\"id\":\"01RUNS1\",\"notebook\":\"forecast.ipynb\",\"owner\":null,\"schedule\":null,\"state\":\""
                + state
                + "\",\"status\":\"running\",\"reason\":null,\"message\":null,\"error\":null,\"exitCode\":null,"
                + "\"output\":null,\"submittedAt\":\"@-60\",\"startedAt\":\"@-60\",\"endedAt\":null,"
                + "\"elapsedSeconds\":60,\"cellsDone\":1,\"cellsTotal\":7,\"currentCell\":2,\"peakMemoryBytes\":1,"
                + "\"cpuSeconds\":1,\"queuePosition\":null,\"killScenario\":null}";
    }

    @Test
    void theBarsOfTheHeaderNeedNoLayoutWhenTheyMove() {
        open(BrowserSession.DESKTOP, ColorScheme.DARK);

        assertThat((String) page.evaluate("() => [...document.querySelectorAll('.meter i, .progress i')]"
                        + ".map((bar) => getComputedStyle(bar).transitionProperty + ' '"
                        + " + (bar.offsetWidth === bar.parentElement.clientWidth)).join()"))
                .matches("((all|none) true,?)+");
    }

    @Test
    void theIndexNamesEveryModuleSoThatNoneIsFoundLate() throws IOException {
        String index = Files.readString(SOURCE.resolve("index.html"));
        try (Stream<Path> files = Files.list(SOURCE.resolve("js"))) {
            assertThat(files.map(file -> "\"/page/js/" + file.getFileName() + "\""))
                    .allMatch(index::contains);
        }
    }

    @Test
    void anEmptyPageTeachesWhatToDoFirst() {
        for (String list : List.of("notebooks", "executions", "schedules", "events")) {
            host.answer("GET /api/v1/" + list, 200, "{\"items\":[],\"next\":null}");
        }
        blank(BrowserSession.DESKTOP, ColorScheme.LIGHT);
        page.navigate(host.address().toString());

        expect(page.locator("#notebooks-empty")).containsText("Put an .ipynb file into the notebooks folder");
        expect(page.locator("#running-empty")).isVisible();
        expect(page.locator("#history-empty")).isVisible();
        expect(page.locator("#events-empty")).isVisible();
        BrowserSession.keepPicture(page, "canned-empty-light");
    }

    @Test
    void fiveHundredNotebooksAreFoundByName() {
        host.answer(
                "GET /api/v1/notebooks",
                200,
                IntStream.range(0, 500)
                        .mapToObj(i -> "{\"name\":\"team/report-" + i
                                + ".ipynb\",\"running\":0,\"queued\":0,\"lastExecution\":null}")
                        .collect(Collectors.joining(",", "{\"items\":[", "]}")));
        open(BrowserSession.DESKTOP, ColorScheme.DARK);
        expect(page.locator("#notebooks-empty")).containsText("filter by name");

        page.getByLabel("Filter notebooks by name").fill("report-499");

        expect(page.locator("[data-notebook]")).hasCount(1);
        expect(page.locator("[data-notebook]")).hasAttribute("data-notebook", "team/report-499.ipynb");
    }

    @Test
    void aLongDayOfMessagesDoesNotLetThePageGrow() {
        open(BrowserSession.DESKTOP, ColorScheme.DARK);
        for (int i = 0; i < 3_000; i++) {
            host.send(
                    "event",
                    "{\"at\":\"@" + i
                            + "\",\"type\":\"ExecutionNote\",\"severity\":\"info\",\"kill\":false,\"execution\":null,"
                            + "\"notebook\":null,\"message\":\"note " + i + "\"}");
            host.send("execution", ended(i));
            if (i % 10 == 0) {
                host.send("snapshot", CannedAnswers.snapshot());
            }
        }

        expect(page.locator("#event-log li").first()).containsText("note 2999");
        assertThat(page.locator("#event-log li").count()).isLessThanOrEqualTo(150);
        assertThat(page.locator("#history-table tbody tr").count()).isLessThanOrEqualTo(500);
        assertThat(page.locator("#running-cards article").count()).isEqualTo(2);
        assertThat((int) page.evaluate("() => document.querySelectorAll('*').length"))
                .isLessThan(15_000);
    }

    private static String ended(int i) {
        return "{\"id\":\"E" + i + "\",\"notebook\":\"words.ipynb\",\"state\":\"COMPLETED\",\"status\":\"completed\","
                + "\"reason\":null,\"schedule\":null,\"owner\":null,\"submittedAt\":\"@" + i + "\",\"startedAt\":\"@"
                + i
                + "\",\"endedAt\":\"@" + i + "\",\"elapsedSeconds\":1,\"cellsDone\":1,\"cellsTotal\":1,"
                + "\"peakMemoryBytes\":1,\"cpuSeconds\":1,\"queuePosition\":null,\"killScenario\":null}";
    }

    @Test
    void thePagesOwnCodeStaysSmall() throws IOException {
        ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
        long plain = 0;
        try (Stream<Path> files = Files.walk(SOURCE)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (OutputStream one = new GZIPOutputStream(gzipped)) {
                    plain += Files.copy(file, one);
                }
            }
        }
        System.out.printf("figure: the page's own code: %d bytes, %d gzipped%n", plain, gzipped.size());
        assertThat(gzipped.size()).isLessThanOrEqualTo(GZIPPED_BUDGET);
    }
}
