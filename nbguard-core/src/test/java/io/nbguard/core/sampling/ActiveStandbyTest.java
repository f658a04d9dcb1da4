package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.fixture.Scenarios;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The loop beside another watchdog, in virtual time: who acts, who tells, and that it is never both or neither. */
class ActiveStandbyTest {

    private final Simulation world = new Simulation(4_096);

    private void assertNothingWasToldOfKills() {
        assertThat(world.events)
                .noneMatch(event -> event instanceof GuardEvent.Terminated
                        || event instanceof GuardEvent.KillWithheld
                        || event instanceof GuardEvent.KillConfirmed
                        || event instanceof GuardEvent.KillUnconfirmed
                        || event instanceof GuardEvent.BystandersFrozen);
    }

    @Test
    void whileTheRemoteWatchdogIsActiveTheLoopOnlyMeasures() {
        world.remoteActive = true;
        SimulatedNotebook hog = world.start("hog.ipynb").holding(3_900);

        world.run(Duration.ofSeconds(3));

        assertThat(hog.kills()).isZero();
        assertNothingWasToldOfKills();
        assertThat(world.loop.snapshot().rung()).isEqualTo(MemoryRung.KILL);
        assertThat(world.loop.admitting()).isFalse();
        assertThat(world.events(GuardEvent.RungChanged.class)).isNotEmpty();
        assertThat(world.loop.snapshot().safety().watchdog()).isEqualTo(WatchdogMode.SIDECAR);
        assertThat(world.loop.snapshot().safety().reaction()).isEqualTo(Duration.ofMillis(7));
    }

    @Test
    void aLoopThatStandsByDoesNotSpinAtTheLimit() {
        world.remoteActive = true;
        world.start("hog.ipynb").holding(3_600);
        world.run(Duration.ofSeconds(1));
        long before = world.ticks;

        world.run(Duration.ofSeconds(10));

        assertThat(world.ticks - before).isLessThanOrEqualTo(500);
    }

    @Test
    void whenTheRemoteWatchdogBecomesInactiveTheLoopKills() {
        world.remoteActive = true;
        SimulatedNotebook hog = world.start("hog.ipynb").holding(3_900);
        world.run(Duration.ofSeconds(3));

        world.remoteActive = false;
        world.run(Duration.ofMillis(100));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(world.events(GuardEvent.Terminated.class)).hasSize(1);
        assertThat(world.loop.snapshot().safety().watchdog()).isEqualTo(WatchdogMode.IN_PROCESS);
    }

    @Test
    void aKillThatTheRemoteWatchdogSentIsFollowedBeforeAnotherVictimIsChosen() {
        world.remoteActive = true;
        SimulatedNotebook victim = world.start("victim.ipynb").holding(2_500);
        SimulatedNotebook other = world.start("other.ipynb").holding(1_400);
        world.run(Duration.ofSeconds(2));
        victim.condemn(Scenarios.of(victim.id()));
        victim.kill();
        world.run(Duration.ofMillis(5));

        world.remoteActive = false;
        world.run(Duration.ofSeconds(2));

        assertThat(victim.kills()).as("sent by the remote watchdog only").isEqualTo(1);
        assertThat(other.kills()).isZero();
        assertThat(world.events(GuardEvent.Terminated.class)).isEmpty();
        assertThat(world.events(GuardEvent.KillConfirmed.class))
                .singleElement()
                .satisfies(event -> assertThat(event.id()).isEqualTo(victim.id()));
    }

    @Test
    void aKillThatTheRemoteWatchdogConfirmsWhileActiveIsReportedByItAlone() {
        world.remoteActive = true;
        SimulatedNotebook victim = world.start("victim.ipynb").holding(3_900);
        world.run(Duration.ofSeconds(2));
        victim.condemn(Scenarios.of(victim.id()));
        victim.kill();

        world.run(Duration.ofSeconds(2));

        assertThat(victim.gone()).isTrue();
        assertNothingWasToldOfKills();
    }

    @Test
    void aKillUnderWayEndsBeforeTheRemoteWatchdogTakesOver() {
        SimulatedNotebook hog = world.start("hog.ipynb").holding(3_900);
        world.run(Duration.ofMillis(20));
        assertThat(hog.kills()).isEqualTo(1);

        world.remoteActive = true;
        world.run(Duration.ofMillis(5));
        assertThat(world.loop.snapshot().safety().watchdog()).isEqualTo(WatchdogMode.IN_PROCESS);
        world.run(Duration.ofSeconds(3));

        assertThat(world.events(GuardEvent.KillConfirmed.class)).hasSize(1);
        assertThat(world.loop.snapshot().safety().watchdog()).isEqualTo(WatchdogMode.SIDECAR);
    }
}
