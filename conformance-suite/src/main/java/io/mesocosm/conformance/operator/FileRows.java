package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Http;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Section 9: the files that the programs show. */
final class FileRows implements RowTests {
  private static final int PAGES = 65536;

  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("9/files/browse", "/files/browse", FileRows::browse);
    rows.test("9/files/read", "/files/read", FileRows::read);
    rows.test("9/files/download", "/files/download", FileRows::download);
    rows.test("9/files/debug", "/files/debug", FileRows::debug);
    rows.test("9/virtual-roots", "Virtual roots", FileRows::roots);
    rows.notObservable(
        "9/Authorisation", "Authorisation", "needs ACLs and a principal that they refuse");
    rows.test("9/path-escape", "Path escape", FileRows::escape);
  }

  /** The sandbox of a task once its shell commands, which end by making the file "done", ran. */
  private static Sandbox sandbox(Target target, String commands) throws InterruptedException {
    RunningTask running =
        Placement.runningTask(
            target,
            target.framework(),
            task -> {
              task.set(
                  "command",
                  Json.object("value", commands + "; printf done > done; exec sleep 1000"));
              return task;
            });
    Sandbox sandbox = Sandbox.of(target, running.session().frameworkId(), running.taskId());
    sandbox.await("done", "done"::equals);
    return sandbox;
  }

  private static Answer ask(Target target, String what, String path, String more) {
    return target.agent().http().get("/files/" + what + "?path=" + Sandbox.query(path) + more);
  }

  private static JsonNode browsed(Target target, String path) {
    Answer answer = ask(target, "browse", path, "");
    Expect.status(200, answer, "GET /files/browse of " + path);
    return answer.json();
  }

  private static void browse(Target target) throws InterruptedException {
    Sandbox sandbox =
        sandbox(
            target, "printf 0123456789 > digits; chmod 640 digits; mkdir inner; chmod 755 inner");
    JsonNode files = browsed(target, sandbox.directory());
    JsonNode digits = entry(files, sandbox.path("digits"));
    Expect.fields(digits, "entry", "path", "nlink", "size", "mtime", "mode", "uid", "gid");
    Expect.equal("-rw-r-----", digits.path("mode").asText(), "mode");
    Expect.equal(10, digits.path("size").asInt(), "size");
    Expect.equal(1, digits.path("nlink").asInt(), "nlink");
    double age = System.currentTimeMillis() / 1000.0 - digits.path("mtime").asDouble();
    Expect.that(Math.abs(age) < 3600, "mtime in seconds, within an hour of now", digits);
    for (String owner : List.of("uid", "gid")) {
      String name = digits.path(owner).asText();
      Expect.that(
          digits.path(owner).isTextual() && !name.matches("\\d*"), owner + " as a name", digits);
    }
    Expect.equal(
        "drwxr-xr-x", entry(files, sandbox.path("inner")).path("mode").asText(), "mode of inner");
    Http http = target.agent().http();
    Expect.status(400, http.get("/files/browse"), "GET /files/browse without path");
    Expect.status(404, ask(target, "browse", sandbox.path("none"), ""), "browse of nothing");
    String query = "path=" + Sandbox.query(sandbox.directory()) + "&jsonp=shown";
    Expect.that(
        http.get("/files/browse?" + query).text().startsWith("shown("), "shown(…)", "no call");
  }

  private static JsonNode entry(JsonNode files, String path) {
    return Json.each(files)
        .filter(one -> one.path("path").asText().equals(path))
        .findFirst()
        .orElseThrow(() -> new Mismatch("an entry " + path, files.toString()));
  }

  private static JsonNode reading(Target target, String path, String more) {
    Answer answer = ask(target, "read", path, more);
    Expect.status(200, answer, "GET /files/read with " + more);
    return answer.json();
  }

  private static void expectRead(long offset, String data, JsonNode part) {
    Expect.equal(offset, part.path("offset").asLong(-1), "offset");
    Expect.equal(data, part.path("data").asText(), "data");
  }

  private static void read(Target target) throws InterruptedException {
    Sandbox sandbox =
        sandbox(
            target,
            "printf 0123456789 > digits; head -c 100000 /dev/zero | tr '\\0' x > large;"
                + " printf 'a\\377b' > binary");
    String digits = sandbox.path("digits");
    expectRead(10, "", reading(target, digits, ""));
    expectRead(10, "", reading(target, digits, "&offset=-1"));
    expectRead(0, "0123456789", reading(target, digits, "&offset=0"));
    expectRead(3, "3456", reading(target, digits, "&offset=3&length=4"));
    expectRead(5, "56789", reading(target, digits, "&offset=5&length=-1"));
    Expect.equal(
        "", reading(target, digits, "&offset=10").path("data").asText(), "data at the end");
    Expect.equal(
        "", reading(target, digits, "&offset=99").path("data").asText(), "data after the end");
    Expect.status(400, ask(target, "read", digits, "&offset=-2"), "offset -2");
    String large = sandbox.path("large");
    for (String more : List.of("&offset=0", "&offset=0&length=-1", "&offset=0&length=90000")) {
      int length = reading(target, large, more).path("data").asText().length();
      Expect.equal(PAGES, length, "length of the data of " + more);
    }
    String binary = reading(target, sandbox.path("binary"), "&offset=0").path("data").asText();
    Expect.that(binary.startsWith("a") && binary.endsWith("b"), "a text from a to b", binary);
    Http http = target.agent().http();
    Expect.status(400, http.get("/files/read"), "GET /files/read without path");
    Expect.status(404, ask(target, "read", sandbox.path("none"), "&offset=0"), "read of nothing");
    String query = "path=" + Sandbox.query(digits) + "&offset=0&jsonp=shown";
    Expect.that(
        http.get("/files/read?" + query).text().startsWith("shown("), "shown(…)", "no call");
  }

  private static void download(Target target) throws InterruptedException {
    Sandbox sandbox =
        sandbox(target, "head -c 100000 /dev/zero | tr '\\0' x > large.bin; mkdir inner");
    Answer answer = ask(target, "download", sandbox.path("large.bin"), "");
    Expect.status(200, answer, "GET /files/download");
    Expect.equal("x".repeat(100000), answer.text(), "the file of 100000 letters");
    String disposition = answer.header("Content-Disposition").orElse("");
    Expect.that(
        disposition.matches("attachment; *filename=\"?large\\.bin\"?"),
        "attachment; filename=large.bin",
        disposition);
    Expect.equal(
        "application/octet-stream", answer.header("Content-Type").orElse(""), "Content-Type");
    Expect.status(
        400, ask(target, "download", sandbox.path("inner"), ""), "download of a directory");
    Expect.status(404, ask(target, "download", sandbox.path("none"), ""), "download of nothing");
  }

  private static void debug(Target target) {
    Placement.runningTask(target);
    JsonNode paths = target.agent().get("/files/debug");
    Expect.that(!paths.isEmpty(), "virtual paths", paths);
    Expect.that(
        Json.each(paths).allMatch(one -> one.isTextual() && one.asText().startsWith("/")),
        "virtual paths and their absolute real paths",
        paths);
    LegacyReadRows.jsonp(target.agent().http(), "/files/debug");
    LegacyReadRows.jsonp(target.master().http(), "/files/debug");
  }

  private static void roots(Target target) throws InterruptedException {
    RunningTask running = Placement.runningTask(target);
    String framework = running.session().frameworkId();
    Sandbox sandbox = Sandbox.of(target, framework, running.taskId());
    Set<String> names = names(browsed(target, sandbox.directory()));
    Expect.that(names.contains("stdout"), "stdout at " + sandbox.directory(), names);
    String runs = "/frameworks/" + framework + "/executors/" + running.taskId() + "/runs/";
    for (String run : List.of(sandbox.containerId(), "latest")) {
      Expect.equal(names, names(browsed(target, runs + run)), "files of " + runs + run);
    }
    expectLog(target, "log_dir", "external_log_file");
    taskVolume(target);
  }

  /** A task's volume that is a directory of its default executor's sandbox. */
  private static void taskVolume(Target target) throws InterruptedException {
    String executor = "executor-" + target.unique();
    JsonNode source =
        Json.object(
            "type",
            "SANDBOX_PATH",
            "sandbox_path",
            Json.object("type", "PARENT", "path", "shared"));
    JsonNode volume = Json.object("container_path", "mine", "mode", "RW", "source", source);
    SchedulerSession session =
        Placement.onOffer(
            target,
            target.framework(),
            (fresh, offer) -> {
              var task =
                  SchedulerSession.task(offer, "task", "printf x > mine/written; sleep 1000");
              task.set("container", Json.object("type", "MESOS", "volumes", Json.array(volume)));
              ObjectNode info = Tasks.defaultExecutor(executor, fresh.frameworkId());
              fresh.accept(offer, 3600, Tasks.group(info, task));
            });
    session.awaitState("task", "TASK_RUNNING", Duration.ofSeconds(40));
    Sandbox sandbox = Sandbox.of(target, session.frameworkId(), executor);
    sandbox.await("shared/written", "x"::equals);
    sandbox.await("tasks/task/mine/written", "x"::equals);
  }

  private static void expectLog(Target target, String... flags) {
    JsonNode master = target.master().get("/flags").path("flags");
    JsonNode agent = target.agent().get("/flags").path("flags");
    for (String flag : flags) {
      if (!master.path(flag).asText().isEmpty()) {
        Expect.status(
            200,
            target.master().http().get("/files/read?path=/master/log"),
            "GET /files/read of /master/log with " + flag);
      }
      if (!agent.path(flag).asText().isEmpty()) {
        Expect.status(200, ask(target, "read", "/slave/log", ""), "GET /files/read of /slave/log");
      }
    }
  }

  private static Set<String> names(JsonNode files) {
    Set<String> names = new TreeSet<>();
    for (JsonNode file : files) {
      String path = file.path("path").asText();
      names.add(path.substring(path.lastIndexOf('/') + 1));
    }
    return names;
  }

  private static void escape(Target target) throws InterruptedException {
    Sandbox sandbox = sandbox(target, "ln -s /etc outside; ln -s /etc/passwd link");
    List<String> paths =
        List.of(
            sandbox.path("../../../../../../../../../../../../../../../../etc/passwd"),
            sandbox.path("outside/passwd"),
            sandbox.path("link"),
            "/etc/passwd",
            "../etc/passwd");
    for (String path : paths) {
      for (String what : List.of("read", "download", "browse")) {
        Answer answer = ask(target, what, path, what.equals("read") ? "&offset=0" : "");
        Expect.that(
            answer.status() == 400 || answer.status() == 404,
            "400 or 404 for " + what + " of " + path,
            answer.status() + " " + answer.text());
      }
    }
    Answer listed = ask(target, "browse", sandbox.path("outside"), "");
    Expect.that(
        listed.status() == 400 || listed.status() == 404,
        "400 or 404 for browse of a link to /etc",
        listed.status() + " " + listed.text());
  }
}
