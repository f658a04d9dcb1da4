package io.nbguard.core.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

class PlatformThreadTest {

    @Test
    void theHostsFactoryMakesItUnlessItsThreadsAreVirtual() throws Exception {
        Thread[] made = new Thread[1];
        Thread thread = PlatformThread.of(work -> made[0] = new Thread(work), () -> {}, "the test");
        assertThat(thread).isSameAs(made[0]);

        if (Runtime.version().feature() < 21) {
            return;
        }
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        Method factory = Class.forName("java.lang.Thread$Builder").getMethod("factory");
        Thread platform = PlatformThread.of((ThreadFactory) factory.invoke(builder), () -> {}, "the test");

        assertThat((boolean) Thread.class.getMethod("isVirtual").invoke(platform))
                .isFalse();
        assertThat(platform.isDaemon()).isTrue();
    }
}
