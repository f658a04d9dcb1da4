package io.nbguard.core.announce;

import io.nbguard.api.ExecutionId;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one execution's file true, writing no more often than twice a second. A failure is logged once and never harms the
 * execution. One thread.
 */
public final class Announcement {

    /** Nothing to do until something changes. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(Announcement.class);
    private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

    private final Optional<RuntimeFolder> folder;
    private final ExecutionId id;
    private @Nullable AnnouncedExecution written;
    private long writtenAtNanos;
    private boolean failed;

    /** Makes one; nothing is written yet, and nothing at all without a folder. */
    public Announcement(Optional<RuntimeFolder> folder, ExecutionId id) {
        this.folder = folder;
        this.id = id;
    }

    /** Returns whether anything is announced at all. */
    public boolean isWanted() {
        return folder.isPresent() && !failed;
    }

    /**
     * Takes the news, and writes them if it is time.
     *
     * @return nanoseconds until they should be offered again; {@link #NEVER} if they are written
     */
    public long offer(AnnouncedExecution news, long nowNanos) {
        if (!isWanted() || news.equals(written)) {
            return NEVER;
        }
        boolean urgent = written == null || written.state() != news.state();
        long pause = PAUSE_NANOS - (nowNanos - writtenAtNanos);
        if (!urgent && pause > 0) {
            return pause;
        }
        try {
            folder.orElseThrow().write(news);
            written = news;
            writtenAtNanos = nowNanos;
        } catch (IOException | RuntimeException e) {
            failed = true;
            LOG.warn("{} cannot be announced to other processes; it goes on unseen by them", news.notebook(), e);
        }
        return NEVER;
    }

    /** Removes the file. */
    public void withdraw() {
        if (folder.isEmpty() || written == null) {
            return;
        }
        try {
            folder.get().remove(id);
        } catch (IOException | RuntimeException e) {
            LOG.warn("the announcement of {} cannot be removed", id, e);
        }
    }
}
