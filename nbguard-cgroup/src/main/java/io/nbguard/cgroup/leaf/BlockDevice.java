package io.nbguard.cgroup.leaf;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.IoLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A block device as {@code io.max} names it.
 *
 * @param number major and minor number, such as {@code 8:0}
 */
record BlockDevice(String number) {

    private static final Path KNOWN = Path.of("/sys/dev/block");

    /**
     * Finds the device of a limit; for a partition its disk, which is what the kernel limits.
     *
     * @throws GuardException (INVALID_REQUEST) if there is no such block device
     */
    static BlockDevice of(IoLimit limit) {
        Path path = Path.of(limit.device());
        try {
            if (Files.getAttribute(path, "unix:rdev") instanceof Long device && isBlockDevice(path)) {
                return new BlockDevice(disk(major(device) + ":" + minor(device)));
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw unknown(limit, e);
        }
        throw unknown(limit, null);
    }

    private static boolean isBlockDevice(Path path) throws IOException {
        return Files.getAttribute(path, "unix:mode") instanceof Integer mode && (mode & 0xF000) == 0x6000;
    }

    private static String disk(String number) throws IOException {
        Path device = KNOWN.resolve(number);
        if (!Files.exists(device.resolve("partition"))) {
            return number;
        }
        return Files.readString(device.toRealPath().resolveSibling("dev")).strip();
    }

    // As the C library splits a dev_t.
    private static long major(long device) {
        return device >>> 8 & 0xFFF | device >>> 32 & ~0xFFFL;
    }

    private static long minor(long device) {
        return device & 0xFF | device >>> 12 & ~0xFFL;
    }

    private static GuardException unknown(IoLimit limit, @Nullable Exception cause) {
        return new GuardException(
                ErrorCode.INVALID_REQUEST,
                "'" + limit.device()
                        + "' is not a block device of this machine: expected one that 'lsblk' lists, such as"
                        + " /dev/sda",
                cause);
    }
}
