package dev.sharegpt4v.server.http;

import java.util.concurrent.CountDownLatch;

/** Serves recorded streams at a port, for the clients of other languages: {@code ReplayMain PORT}. */
public final class ReplayMain {

    private ReplayMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (ReplayServer server = new ReplayServer(Integer.parseInt(arguments[0]))) {
            if (server.port() < 0) {
                throw new IllegalStateException("port " + arguments[0] + " cannot be listened to");
            }
            System.out.println("ready http://127.0.0.1:" + server.port());
            new CountDownLatch(1).await();
        }
    }
}
