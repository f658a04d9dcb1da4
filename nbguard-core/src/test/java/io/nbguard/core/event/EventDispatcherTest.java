package io.nbguard.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.GuardClock;
import io.nbguard.api.Registration;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.RecordedEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventDispatcherTest {

    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private final RecordedEvents heard = new RecordedEvents();
    private EventDispatcher dispatcher = dispatcher(100);

    @AfterEach
    void close() {
        dispatcher.close(Duration.ofSeconds(5));
    }

    @Test
    void everyListenerHearsEverythingInOrder() {
        RecordedEvents second = new RecordedEvents();
        dispatcher.listen(heard);
        dispatcher.listen(second);

        for (int i = 0; i < 50; i++) {
            dispatcher.publish(event(i));
        }

        Eventually.until("all is heard", () -> heard.all.size() == 50 && second.all.size() == 50);
        assertThat(numbers(heard)).isSorted().isEqualTo(numbers(second));
    }

    @Test
    void aListenerThatThrowsDoesNotDisturbOthers() {
        dispatcher.listen(event -> {
            throw new AssertionError("on purpose");
        });
        dispatcher.listen(heard);

        dispatcher.publish(event(1));
        dispatcher.publish(event(2));

        Eventually.until("the other hears both", () -> heard.all.size() == 2);
    }

    @Test
    void aListenerThatBlocksDelaysNoOther() {
        CountDownLatch release = new CountDownLatch(1);
        dispatcher.listen(event -> await(release));
        dispatcher.listen(heard);

        for (int i = 0; i < 100; i++) {
            dispatcher.publish(event(i));
        }

        Eventually.until("the other hears all", () -> heard.all.size() == 100);
        release.countDown();
    }

    @Test
    void aListenerThatThrowsIsToldOnce() {
        dispatcher.tellsFaults(new PluginFaults(dispatcher, GuardClock.SYSTEM));
        dispatcher.listen(heard);
        dispatcher.listen(event -> {
            throw new AssertionError("on purpose");
        });

        // Fewer than fit: what tells of it is an event, too.
        for (int i = 0; i < 50; i++) {
            dispatcher.publish(event(i));
        }
        Eventually.until(
                "it is told", () -> !heard.of(GuardEvent.PluginMisbehaved.class).isEmpty());
        dispatcher.close();

        assertThat(heard.of(GuardEvent.PluginMisbehaved.class)).singleElement().satisfies(told -> {
            assertThat(told.kind()).isEqualTo("listener");
            assertThat(told.plugin()).contains("EventDispatcherTest");
            assertThat(told.message()).contains("on purpose", "so do others");
        });
    }

    @Test
    void whatDoesNotFitIsDroppedCountedAndToldFirstAfterTheGap() throws Exception {
        dispatcher.close();
        dispatcher = dispatcher(3);
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        dispatcher.listen(event -> {
            heard.onEvent(event);
            if (heard.all.size() == 1) {
                blocked.countDown();
                await(release);
            }
        });
        dispatcher.publish(event(0));
        blocked.await();

        for (int i = 1; i <= 10; i++) {
            dispatcher.publish(event(i));
        }
        release.countDown();
        Eventually.until("the gap is told", () -> !heard.of(GuardEvent.EventsDropped.class)
                .isEmpty());
        dispatcher.publish(event(11));
        Eventually.until("it goes on", () -> numbers(heard).contains(11L));

        assertThat(numbers(heard)).containsExactly(0L, 1L, 2L, 3L, -7L, 11L);
    }

    @Test
    void publishingNeverWaitsForAListener() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        dispatcher.listen(event -> await(release));

        for (int i = 0; i < 100_000; i++) {
            dispatcher.publish(event(i));
        }

        release.countDown();
    }

    @Test
    void closingDeliversWhatWasPublishedBefore() {
        dispatcher.listen(heard);
        for (int i = 0; i < 100; i++) {
            dispatcher.publish(event(i));
        }

        dispatcher.close();

        assertThat(heard.all).hasSize(100);
        assertThat(thread.get().isAlive()).isFalse();
    }

    @Test
    void closingInterruptsAListenerThatHangs() {
        CountDownLatch never = new CountDownLatch(1);
        dispatcher.listen(event -> await(never));
        dispatcher.publish(event(1));

        dispatcher.close(Duration.ofMillis(50));

        assertThat(thread.get().isAlive()).isFalse();
    }

    @Test
    void aListenerMayCloseIt() {
        dispatcher.listen(event -> dispatcher.close());
        dispatcher.publish(event(1));

        Eventually.until("its thread has ended", () -> !thread.get().isAlive());
    }

    @Test
    void aRegistrationEndsWhenItIsClosed() {
        RecordedEvents other = new RecordedEvents();
        Registration registration = dispatcher.listen(heard);
        dispatcher.listen(other);
        registration.close();
        registration.close();

        dispatcher.publish(event(1));

        Eventually.until("the other hears it", () -> other.all.size() == 1);
        assertThat(heard.all).isEmpty();
    }

    @Test
    void anInterruptedDispatcherThreadGoesOn() {
        dispatcher.listen(heard);
        thread.get().interrupt();

        dispatcher.publish(event(1));

        Eventually.until("it is heard", () -> heard.all.size() == 1);
    }

    private EventDispatcher dispatcher(int capacity) {
        return new EventDispatcher(capacity, GuardClock.SYSTEM, work -> {
            Thread made = new Thread(work);
            thread.set(made);
            return made;
        });
    }

    private static GuardEvent event(long number) {
        return new GuardEvent.LoopLagged(Instant.EPOCH, Duration.ZERO, number);
    }

    private static List<Long> numbers(RecordedEvents events) {
        return events.all.stream()
                .map(event -> event instanceof GuardEvent.EventsDropped gap
                        ? -gap.count()
                        : ((GuardEvent.LoopLagged) event).missedTicks())
                .toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
