package io.nbguard.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what the server refuses by itself, before any route is asked, in the same form as all other refusals. */
final class JsonErrorHandler extends ErrorHandler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Object message = request.getAttribute(ERROR_MESSAGE);
        if (request.getAttribute(ERROR_EXCEPTION) instanceof HttpException known) {
            status = known.getCode();
            message = message == null ? known.getReason() : message;
            response.setStatus(status);
        }
        String reason = HttpStatus.getMessage(status);
        // The server's text about a defect may disclose its internals.
        String told = message == null || status >= 500 ? reason : reason + ": " + message;
        SecurityHeaders.ALL.forEach((name, value) -> response.getHeaders().put(name, value));
        if (HttpStatus.hasNoBody(status)) {
            callback.succeeded();
            return true;
        }
        response.getHeaders().put("Content-Type", "application/json");
        byte[] body = Failures.json(Refusal.of(status, "HTTP_" + status, told)).getBytes(StandardCharsets.UTF_8);
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }
}
