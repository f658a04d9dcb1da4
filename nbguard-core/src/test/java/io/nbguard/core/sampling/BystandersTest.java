package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.GuardEvent.BystandersFrozen;
import io.nbguard.spi.process.FreezeReason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Who stands still while a victim dies, for how long, and what ends it. */
class BystandersTest {

    private static final Duration SLOWLY = Duration.ofMillis(600);

    private final Simulation world = new Simulation(4_096);
    private final SimulatedNotebook hog =
            world.start("hog.ipynb").holding(1_000).growing(1e9).dyingWithin(SLOWLY);

    @Test
    void executionsThatUseTheProcessorsAreFrozenUntilTheVictimIsDead() {
        hog.dyingWithin(Duration.ofMillis(100));
        SimulatedNotebook busy = world.start("busy.ipynb").holding(100).using(1.5);
        SimulatedNotebook idle = world.start("idle.ipynb").holding(100).using(0.01);

        world.run(Duration.ofSeconds(5));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(busy.stoodStill()).isBetween(Duration.ofMillis(85), Duration.ofMillis(95));
        assertThat(busy.isFrozen()).isFalse();
        assertThat(idle.freezes()).isZero();
        assertThat(world.events(BystandersFrozen.class)).singleElement().satisfies(event -> {
            assertThat(event.frozen()).containsExactly(busy.id());
            assertThat(event.duration()).isEqualTo(busy.stoodStill());
        });
    }

    @Test
    void neverForLongerThanAQuarterOfASecondAndOncePerKill() {
        SimulatedNotebook busy = world.start("busy.ipynb").holding(100).using(2);

        world.run(Duration.ofSeconds(5));

        assertThat(busy.freezes()).isEqualTo(1);
        assertThat(busy.stoodStill()).isBetween(Duration.ofMillis(245), Duration.ofMillis(255));
        assertThat(busy.isFrozen()).isFalse();
    }

    @Test
    void whereProcessorsAreFreeNoExecutionIsFrozen() {
        world.coresOfNode = 16;
        SimulatedNotebook busy = world.start("busy.ipynb").holding(100).using(0.9);

        world.run(Duration.ofSeconds(5));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(busy.freezes()).isEqualTo(Runtime.getRuntime().availableProcessors() > 1 ? 0 : 1);
    }

    @Test
    void whoFillsWhatIsLeftBeforeTheVictimIsDeadStandsStillThoughProcessorsAreFree() {
        world.coresOfNode = 1_000;
        hog.dyingWithin(Duration.ofSeconds(4));
        SimulatedNotebook second =
                world.start("second.ipynb").holding(900).growing(0.9e9).using(0.06);

        world.run(Duration.ofMillis(2_500));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(second.freezes()).isPositive();
    }

    @Test
    void whoIsStoppedMeanwhileGoesOnAtOnceToHearIt() {
        SimulatedNotebook busy = world.start("busy.ipynb").holding(100).using(2);
        world.atEachStep = () -> {
            if (busy.isFrozen() && busy.stoodStill().toMillis() >= 20) {
                busy.stopping();
            }
        };

        world.run(Duration.ofSeconds(5));

        assertThat(busy.stoodStill()).isBetween(Duration.ofMillis(20), Duration.ofMillis(24));
        assertThat(world.events(BystandersFrozen.class)).hasSize(1);
    }

    @Test
    void whoIsBeingStoppedAlreadyIsNotFrozen() {
        SimulatedNotebook stopping = world.start("stopping.ipynb").holding(100).using(2);
        world.run(Duration.ofSeconds(1));
        stopping.stopping();

        world.run(Duration.ofSeconds(5));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(stopping.freezes()).isZero();
    }

    @Test
    void whatIsPausedMeanwhileStaysSoWhenTheVictimIsDead() {
        hog.dyingWithin(Duration.ofMillis(100));
        SimulatedNotebook busy = world.start("busy.ipynb").holding(100).using(1.5);
        world.atEachStep = () -> {
            if (busy.isFrozen()) {
                busy.group().freeze(FreezeReason.USER);
            }
        };

        world.run(Duration.ofSeconds(5));

        assertThat(world.events(BystandersFrozen.class)).singleElement().satisfies(event -> assertThat(event.duration())
                .isLessThan(Duration.ofMillis(100)));
        assertThat(busy.group().frozenBy()).containsExactly(FreezeReason.USER);
    }

    @Test
    void whatWasPausedBeforeTheLoopFrozeItTooStaysSo() {
        SimulatedNotebook busy = world.start("busy.ipynb").holding(100).using(2);
        AtomicBoolean paused = new AtomicBoolean();
        world.atEachStep = () -> {
            // Between the kill and the moment from which a victim dies slowly.
            if (hog.kills() == 1 && busy.freezes() == 0 && paused.compareAndSet(false, true)) {
                busy.group().freeze(FreezeReason.USER);
            }
        };

        world.run(Duration.ofSeconds(5));

        assertThat(paused).isTrue();
        assertThat(busy.freezes()).isEqualTo(1);
        assertThat(world.events(BystandersFrozen.class)).hasSize(1);
        assertThat(busy.group().frozenBy()).containsExactly(FreezeReason.USER);
    }

    @Test
    void whoIsWatchedNoLongerGoesOn() {
        SimulatedNotebook busy = world.start("busy.ipynb").holding(100).using(2);
        world.atEachStep = () -> {
            if (busy.isFrozen()) {
                world.loop.unwatch(busy);
            }
        };

        world.run(Duration.ofSeconds(5));

        assertThat(busy.freezes()).isEqualTo(1);
        assertThat(busy.stoodStill()).isLessThan(Duration.ofMillis(5));
    }

    @Test
    void aTickThatFailsThawsAllExecutions() {
        SimulatedNotebook busy = world.start("busy.ipynb").holding(100).using(2);
        world.atEachStep = () -> {
            if (busy.isFrozen()) {
                world.trackerFailure = new IllegalStateException("torn file");
            }
        };

        world.run(Duration.ofSeconds(5));

        assertThat(busy.freezes()).isEqualTo(1);
        assertThat(busy.stoodStill()).isLessThan(Duration.ofMillis(5));
    }

    @Test
    void aFreezeThatFailsStopsNeitherTheKillNorTheLoop() {
        SimulatedNotebook busy = world.start("busy.ipynb").holding(100).using(2);
        world.freezeFailure = new IllegalStateException("no such file");

        world.run(Duration.ofSeconds(5));

        assertThat(busy.freezes()).isEqualTo(1);
        assertThat(busy.isFrozen()).isFalse();
        assertThat(hog.kills()).isEqualTo(1);
        assertThat(world.events(BystandersFrozen.class)).isEmpty();
    }

    @Test
    void whereFreezingIsNotPossibleNothingIsReported() {
        world.start("busy.ipynb").holding(100).using(2).unfreezable();

        world.run(Duration.ofSeconds(5));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(world.events(BystandersFrozen.class)).isEmpty();
    }

    @Test
    void theEndOfTheLoopThawsAllExecutions() {
        SimulatedNotebook busy = world.start("busy.ipynb").holding(100).using(2);
        while (!busy.isFrozen()) {
            world.run(Duration.ofMillis(1));
        }

        world.loop.close();

        assertThat(busy.isFrozen()).isFalse();
    }
}
