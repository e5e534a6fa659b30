package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import java.util.ArrayList;
import java.util.List;

/** The other end of one exchange: whether it still waits for the answer, and what to do when it no longer does. */
final class Client implements AutoCloseable {

    /** Nobody asks about this one. */
    static final Client UNWATCHED = new Client();

    static {
        UNWATCHED.close();
    }

    /** The one whose work a thread does that was started for it. */
    static final ScopedValue<Client> SERVED = ScopedValue.newInstance();

    private final List<Runnable> farewells = new ArrayList<>();
    private boolean watched = true;
    private boolean gone;

    /** Does work of a client on a thread of its own. */
    static void runFor(Client client, Runnable work) {
        ScopedValue.where(SERVED, client).run(work);
    }

    /** Runs an action when the client hangs up, at once if it has already; never after {@link #close()}. */
    synchronized void onGone(Runnable action) {
        if (gone) {
            action.run();
        } else if (watched) {
            farewells.add(action);
        }
    }

    /** The client has hung up. */
    synchronized void leave() {
        if (watched && !gone) {
            gone = true;
            farewells.forEach(Runnable::run);
        }
    }

    /** Stops work that nobody waits for. */
    synchronized void requirePresent() {
        if (gone) {
            throw ApiException.clientGone();
        }
    }

    @Override
    public synchronized void close() {
        watched = false;
        farewells.clear();
    }
}
