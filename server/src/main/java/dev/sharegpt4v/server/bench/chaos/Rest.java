package dev.sharegpt4v.server.bench.chaos;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a server at rest looks like, and how much more than before it may hold afterwards. */
final class Rest {

    private static final List<String> ZERO = List.of(
            "sharegpt4v_requests_running",
            "sharegpt4v_requests_waiting",
            "sharegpt4v_images_encoding",
            "sharegpt4v_kv_blocks_used",
            "sharegpt4v_image_features_bytes",
            "sharegpt4v_request_images_bytes",
            "sharegpt4v_http_requests_admitted");

    /** Pools of threads and connections keep a few. */
    private static final Map<String, Integer> SLACK = slack();

    private Rest() {}

    private static Map<String, Integer> slack() {
        Map<String, Integer> slack = new LinkedHashMap<>();
        slack.put("sharegpt4v_http_connections", 1);
        slack.put("process_threads", 8);
        slack.put("jvm_threads_live_threads", 8);
        slack.put("process_open_fds", 8);
        return slack;
    }

    /** Whether nothing is under way. */
    static boolean isIdle(Gauges gauges) {
        return ZERO.stream().allMatch(name -> gauges.value(name).orElse(0) == 0);
    }

    static Check idle(Gauges after) {
        List<String> busy = new ArrayList<>();
        for (String name : ZERO) {
            double value = after.value(name).orElse(Double.NaN);
            if (value != 0) {
                busy.add(name + " is " + Findings.number(value));
            }
        }
        return new Check(
                "everything is idle afterwards",
                busy.isEmpty(),
                busy.isEmpty() ? "0 running, 0 waiting, 0 blocks held" : String.join(", ", busy),
                List.of());
    }

    static Check handles(Gauges before, Gauges after) {
        List<String> all = new ArrayList<>();
        boolean holds = true;
        for (Map.Entry<String, Integer> entry : SLACK.entrySet()) {
            double first = before.value(entry.getKey()).orElse(Double.NaN);
            double last = after.value(entry.getKey()).orElse(Double.NaN);
            holds &= last <= first + entry.getValue();
            all.add(entry.getKey().replaceFirst("^(sharegpt4v|process)_", "").replace('_', ' ') + " "
                    + Findings.number(first) + " → " + Findings.number(last));
        }
        return Check.of("no connection, thread or file is left open", holds, String.join(", ", all));
    }
}
