package io.nbguard.spi.process;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.Resource;
import java.util.EnumSet;
import java.util.Set;

/** Which limits can be kept: the same refusal from every tracker and executor. */
public final class LimitSupport {

    private LimitSupport() {}

    /**
     * Refuses limits that cannot be kept, so that none is dropped in silence.
     *
     * @param possible the resources that can be limited
     * @param who what limits them, for the message, such as {@code a tracker of process trees}
     * @throws GuardException (UNSUPPORTED) if there is a limit on another one: names them
     */
    public static void require(Allocation allocation, Set<Resource> possible, String who) {
        Set<Resource> beyond = EnumSet.noneOf(Resource.class);
        beyond.addAll(allocation.limits().limited());
        beyond.removeAll(possible);
        if (!beyond.isEmpty()) {
            throw new GuardException(
                    ErrorCode.UNSUPPORTED,
                    who + " cannot limit " + keys(beyond) + ": it can limit "
                            + (possible.isEmpty() ? "nothing" : keys(possible)) + "; leave out the rest of ("
                            + allocation.limits() + ")");
        }
    }

    private static String keys(Set<Resource> resources) {
        return String.join(", ", resources.stream().sorted().map(Resource::key).toList());
    }
}
