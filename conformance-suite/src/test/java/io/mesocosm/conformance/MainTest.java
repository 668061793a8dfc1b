package io.mesocosm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
  private final StringWriter errors = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "127.0.0.1", "ftp://host:5050", "http://host:5050/state"})
  void whatIsNoAddressIsWrongUse(String url) {
    assertThat(run("--master=" + url, "--agent=http://127.0.0.1:1")).isEqualTo(2);
    assertThat(errors.toString()).contains("--master=" + url + " is not valid", "http://host:5050");
  }

  @Test
  void rowsThatDoNotExistAreWrongUse() {
    assertThat(run("--master=http://127.0.0.1:1", "--agent=http://127.0.0.1:1", "--only=nonsense"))
        .isEqualTo(2);
    assertThat(errors.toString()).contains("no row matches --only=nonsense");
  }

  @Test
  void whoeverDoesNotAnswerIsNamedOnceAndNotByEveryRow() {
    assertThat(run("--master=http://127.0.0.1:1", "--agent=http://127.0.0.1:1")).isEqualTo(1);
    assertThat(errors.toString())
        .startsWith("conformance: --master=http://127.0.0.1:1 does not answer")
        .hasLineCount(1);
  }

  @Test
  void aProgramThatIsNoMasterIsFoundOut() throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.start();
    try {
      String url = "http://127.0.0.1:" + other.getAddress().getPort();

      assertThat(run("--master=" + url, "--agent=" + url)).isEqualTo(1);
      assertThat(errors.toString()).contains("--master=" + url + " answers, but is no master");
    } finally {
      other.stop(0);
    }
  }

  private int run(String... arguments) {
    return new CommandLine(new Main())
        .setErr(new PrintWriter(errors, true))
        .setOut(new PrintWriter(new StringWriter(), true))
        .execute(arguments);
  }
}
