package io.nbguard.server.http;

import io.nbguard.api.GuardException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * What a request passes before it is given a thread to hold: its body is read, and only from authenticated callers, but for a
 * small one to log in with; it takes one of the places there are. The body, the request's share of the heap and its place
 * are attributes of the request from here on.
 */
final class Intake extends Handler.Wrapper {

    static final String BODY = "nbguard.body";
    static final String SHARE = "nbguard.share";
    static final String PLACE = "nbguard.place";

    private static final String LOGIN = "/api/v1/login";
    private static final int LARGEST_LOGIN = 4 << 10;

    private final Gate gate;
    private final HeapBudget heap;
    private final Places places = new Places();
    private final Connections connections;
    private final int largestBody;
    private final RefusalCount refusals;

    /**
     * Makes it.
     *
     * @param largestBody how many bytes a body may have
     * @param refusals counts refused callers
     */
    Intake(Gate gate, HeapBudget heap, Connections connections, int largestBody, RefusalCount refusals) {
        this.gate = gate;
        this.heap = heap;
        this.connections = connections;
        this.largestBody = largestBody;
        this.refusals = refusals;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HeapBudget.Share share = heap.share();
        Request.addCompletionListener(request, failure -> share.close());
        request.setAttribute(SHARE, share);
        try {
            RequestHead head = RequestHead.of(request);
            boolean known = gate.known(head).isPresent();
            if (known) {
                connections.known(request);
            }
            if (head.method().equals("POST") && hasBody(request)) {
                receive(head, known, request, response, callback, share);
                return true;
            }
            return pass(head, known, request, response, callback);
        } catch (Refusal | GuardException e) {
            refuse(response, callback, Failures.refusal(e));
            return true;
        }
    }

    private static boolean hasBody(Request request) {
        return request.getLength() > 0 || request.getHeaders().contains("Transfer-Encoding");
    }

    private void receive(
            RequestHead head,
            boolean known,
            Request request,
            Response response,
            Callback callback,
            HeapBudget.Share share) {
        gate.mustBeOurHost(head);
        boolean login = head.path().equals(LOGIN);
        int most = login ? Math.min(LARGEST_LOGIN, largestBody) : largestBody;
        if (!login) {
            try {
                gate.identify(head);
            } catch (Refusal refusal) {
                refusals.add("nobody", head.address(), refusal.code());
                throw refusal;
            }
        }
        if (request.getLength() > most) {
            throw BodyReading.tooLarge(most);
        }
        BodyReading.begin(
                request,
                most,
                share,
                body -> {
                    request.setAttribute(BODY, body);
                    // Reading has ended on a thread that is to be quick.
                    request.getContext().execute(() -> passLater(head, known, request, response, callback));
                },
                refusal -> refuse(response, callback, refusal));
    }

    private void passLater(RequestHead head, boolean known, Request request, Response response, Callback callback) {
        try {
            if (!pass(head, known, request, response, callback)) {
                Response.writeError(request, response, callback, 404);
            }
        } catch (Refusal refusal) {
            refuse(response, callback, refusal);
        } catch (Throwable e) {
            Response.writeError(request, response, callback, e);
        }
    }

    private boolean pass(RequestHead head, boolean known, Request request, Response response, Callback callback)
            throws Exception {
        Runnable release = places.take(head, known);
        if (!known && head.isHealth()) {
            // One answer a connection: of many that are asked for at once, and not read, one would hold a place.
            response.getHeaders().put("Connection", "close");
        }
        request.setAttribute(PLACE, new Place(release, request.getContext()::execute));
        Request.addCompletionListener(request, failure -> release.run());
        return super.handle(request, response, callback);
    }

    /**
     * What a request holds while it is handled.
     *
     * @param leave gives its place back before it is answered
     * @param threads runs what is left to do for it on one of the server's threads
     */
    record Place(Runnable leave, Executor threads) {}

    private static void refuse(Response response, Callback callback, Refusal refusal) {
        response.setStatus(refusal.status());
        refusal.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        response.getHeaders().put("Content-Type", "application/json");
        byte[] body = Failures.json(refusal).getBytes(StandardCharsets.UTF_8);
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
