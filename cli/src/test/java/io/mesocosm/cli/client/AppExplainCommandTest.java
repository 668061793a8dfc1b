package io.mesocosm.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.StringJoiner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AppExplainCommandTest {
  private final FakeScheduler scheduler = new FakeScheduler();
  private final Terminal terminal = new Terminal(new AppCommand(), scheduler.url());

  @AfterEach
  void stop() {
    scheduler.close();
  }

  @Test
  void sentenceComesFirstThenWhatWouldHelpThenWhatTheAgentsSaid() {
    explain(
        """
        {"appId":"/big","wanted":3,"running":1,"staged":0,"waiting":2,"summary":"2 of 3 instances wait: no agent fits",
         "role":"web","since":"2026-01-01T00:00:00.000Z","delayUntil":"%s",
         "quota":{"role":"web","text":"uses cpus 3 of 4"},
         "suggestions":[{"text":"lower mem to 3500","agents":2}],
         "deployments":[{"id":"d1","step":2,"of":5,"waitsFor":["1 instance that runs"]}],
         "agents":[{"hostname":"node1","agentId":"a1","at":"2026-01-01T00:00:01.000Z","refusals":[
           {"reason":"InsufficientMemory","rule":"mem","value":"9000","limit":"3500",
            "text":"needs mem 9000, offer has 3500","waitingMayHelp":true}]}]}
        """
            .formatted(Instant.now().plusSeconds(100)));

    assertThat(terminal.run("explain", "big")).isZero();

    assertThat(terminal.out().lines())
        .first()
        .isEqualTo("/big: 2 of 3 instances wait: no agent fits");
    assertThat(terminal.out())
        .containsSubsequence(
            "3 wanted, 1 running, 0 staged, 2 waiting",
            "waits since  2026-01-01T00:00:00.000Z",
            "no launch before",
            "role web: uses cpus 3 of 4",
            "d1, step 2 of 5, waits for 1 instance that runs",
            "what would make it fit",
            "  - lower mem to 3500 (2 agents)",
            "AGENTS",
            "node1    InsufficientMemory   needs mem 9000, offer has 3500   yes");
  }

  @Test
  void fiveHundredAgentsAlikeAreOneRowThatNamesTheBest() {
    StringJoiner agents = new StringJoiner(",");
    for (int i = 1; i <= 500; i++) {
      agents.add(agent("node" + i, insufficient("cpus", 4, i == 77 ? 3.5 : 1)));
    }
    explain("{\"appId\":\"/web\",\"waiting\":1,\"agents\":[" + agents + "]}");

    assertThat(terminal.run("explain", "/web")).isZero();
    assertThat(terminal.out())
        .contains("node1, node2 and 498 more")
        .contains("needs cpus 4, offer has 3.5 (the best of them)")
        .contains("(500 agents in view; --all shows each by itself)");
    assertThat(terminal.out().lines().count()).isLessThan(10);

    assertThat(terminal.run("explain", "/web", "--all")).isZero();
    assertThat(terminal.out().lines().filter(line -> line.startsWith("node"))).hasSize(500);
  }

  @Test
  void agentsNearestToFitComeFirst() {
    explain(
        "{\"waiting\":1,\"agents\":["
            + agent("far", insufficient("cpus", 4, 1) + "," + insufficient("mem", 9, 1))
            + ","
            + agent("near", insufficient("cpus", 4, 3))
            + "]}");

    assertThat(terminal.run("explain", "web")).isZero();
    assertThat(terminal.out()).containsSubsequence("near", "far");
  }

  @Test
  void everyFieldMayBeMissing() {
    explain("{}");

    assertThat(terminal.run("explain", "web")).isZero();
    assertThat(terminal.out()).contains("nothing waits");

    explain("{\"waiting\":2,\"agents\":[{\"refusals\":[{}]}],\"suggestions\":[{}]}");
    assertThat(terminal.run("explain", "web")).isZero();
    assertThat(terminal.out()).contains("2 instances wait");
  }

  @Test
  void noAgentInViewIsSaid() {
    explain("{\"appId\":\"/web\",\"waiting\":1,\"summary\":\"1 instance waits\",\"agents\":[]}");

    terminal.run("explain", "web");
    assertThat(terminal.out()).contains("no agent has been looked at yet: cosm node list");
  }

  @Test
  void jsonIsPrintedAsItIs() {
    explain("{\"appId\":\"/web\",  \"new\":1}");

    assertThat(terminal.run("explain", "web", "--json")).isZero();
    assertThat(terminal.out())
        .isEqualTo("{\"appId\":\"/web\",  \"new\":1}" + System.lineSeparator());
  }

  @Test
  void unknownAppFailsInOneLine() {
    assertThat(terminal.run("explain", "nothing")).isEqualTo(1);
    assertThat(terminal.err().lines()).hasSize(1);
    assertThat(terminal.err()).startsWith("cosm: ").contains("answered 404");
  }

  @Test
  void anIdThatIsNoPathIsMisused() {
    assertThat(terminal.run("explain", "a b")).isEqualTo(2);
    assertThat(terminal.err().lines()).hasSize(1);
  }

  private void explain(String answer) {
    scheduler.on("GET /v2/apps/web/explain", 200, answer);
    scheduler.on("GET /v2/apps/big/explain", 200, answer);
  }

  private static String agent(String hostname, String refusals) {
    return "{\"hostname\":\"" + hostname + "\",\"refusals\":[" + refusals + "]}";
  }

  private static String insufficient(String resource, double needed, double offered) {
    String has = Double.toString(offered).replaceAll("\\.0$", "");
    String needs = Double.toString(needed).replaceAll("\\.0$", "");
    return """
    {"reason":"Insufficient%1$s","rule":"%1$s","value":"%2$s","limit":"%3$s",
     "text":"needs %1$s %2$s, offer has %3$s","waitingMayHelp":true}
    """
        .formatted(resource, needs, has);
  }
}
