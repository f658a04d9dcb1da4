package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

class SamplerThreadTest {

    @Test
    void theHostsFactoryMakesItUnlessItsThreadsAreVirtual() throws Exception {
        Thread[] made = new Thread[1];
        Thread thread = SamplerThread.platformThread(work -> made[0] = new Thread(work), () -> {});
        assertThat(thread).isSameAs(made[0]);

        if (Runtime.version().feature() < 21) {
            return;
        }
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        Method factory = Class.forName("java.lang.Thread$Builder").getMethod("factory");
        Thread platform = SamplerThread.platformThread((ThreadFactory) factory.invoke(builder), () -> {});

        assertThat((boolean) Thread.class.getMethod("isVirtual").invoke(platform))
                .isFalse();
        assertThat(platform.isDaemon()).isTrue();
    }
}
