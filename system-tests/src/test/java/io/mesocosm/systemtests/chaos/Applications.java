package io.mesocosm.systemtests.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Deploys, scales and removes apps, and remembers for each what the API has promised: after an
 * answer exactly that, after none what was before or what was asked for.
 */
final class Applications implements Runnable {
  private static final int APPS_MAX = 6;
  private static final int INSTANCES_MAX = 4;
  private static final long PAUSE_MILLIS = 700;

  /** No such app. */
  private static final int NONE = -1;

  private final Web web;
  private final List<String> servers;
  private final RandomGenerator random;
  private final SortedMap<String, SortedSet<Integer>> promised = new TreeMap<>();
  private final List<String> history = new ArrayList<>();
  private int answered;
  private final CountDownLatch stopped = new CountDownLatch(1);

  Applications(Web web, List<String> servers, RandomGenerator random) {
    this.web = web;
    this.servers = servers;
    this.random = random;
  }

  void stop() {
    stopped.countDown();
  }

  int answered() {
    return answered;
  }

  List<String> history() {
    return history;
  }

  @Override
  public void run() {
    try {
      do {
        change();
      } while (!stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)); // the pace of the workload
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void change() throws InterruptedException {
    String id = "/app-" + random.nextInt(APPS_MAX);
    SortedSet<Integer> known = promised.computeIfAbsent(id, _ -> new TreeSet<>(List.of(NONE)));
    boolean removes = !known.contains(NONE) && random.nextInt(8) == 0;
    int wanted = removes ? NONE : 1 + random.nextInt(INSTANCES_MAX);
    String server = servers.get(random.nextInt(servers.size()));
    String url = server + "/v2/apps" + id + "?force=true";
    Optional<Web.Answer> answer =
        removes
            ? web.send("DELETE", url, "")
            : web.send(
                "PUT",
                url,
                """
                {"id": "%s", "cmd": "while :; do sleep 1; done", "cpus": 0.1, "mem": 16, "instances": %d,
                 "upgradeStrategy": {"minimumHealthCapacity": 0.5, "maximumOverCapacity": 0.2}}
                """
                    .formatted(id, wanted));
    history.add(
        "%tT %s %s -> %s: %s"
            .formatted(
                System.currentTimeMillis(),
                server,
                id,
                wanted == NONE ? "none" : wanted,
                answer
                    .map(it ->
                        it.status()
                            + " "
                            + it.body().substring(0, Math.min(120, it.body().length())))
                    .orElse("no answer")));
    if (answer.filter(Web.Answer::isSuccess).isPresent()) {
      answered++;
      known.clear();
      known.add(wanted);
    } else if (answer.filter(it -> it.status() / 100 == 4).isEmpty()) {
      known.add(wanted); // 5xx, or nothing: it may have been taken, now or later
    }
  }

  /** What of the promises does not hold; empty when all do. */
  List<String> broken() throws InterruptedException {
    List<String> broken = new ArrayList<>();
    Optional<Web.Answer> answer = web.get(servers, "/v2/apps");
    if (answer.isEmpty()) {
      return List.of("no services scheduler answers GET /v2/apps");
    }
    SortedMap<String, JsonNode> apps = new TreeMap<>();
    answer.get().json().path("apps").forEach(app -> apps.put(app.path("id").asText(), app));
    promised.forEach((id, allowed) -> {
      JsonNode app = apps.get(id);
      int instances = app == null ? NONE : app.path("instances").asInt();
      if (!allowed.contains(instances)) {
        broken.add(
            id + " has " + instances + " instances, and was promised " + allowed + " (-1: no app)");
      } else if (app != null && app.path("tasksRunning").asInt() != instances) {
        broken.add(
            id + " wants " + instances + " instances and runs " + app.path("tasksRunning").asInt());
      }
    });
    return broken;
  }

  /** Task ids of all instances that the scheduler says run. */
  SortedSet<String> runningTasks() throws InterruptedException {
    SortedSet<String> tasks = new TreeSet<>();
    web.get(servers, "/v2/tasks")
        .ifPresent(answer ->
            answer.json().path("tasks").forEach(task -> tasks.add(task.path("id").asText())));
    return tasks;
  }
}
