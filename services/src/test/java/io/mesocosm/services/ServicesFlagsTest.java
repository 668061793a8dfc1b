package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServicesFlagsTest {
  @Test
  void defaultsAreThoseOfMarathon() {
    ServicesOptions options = ServicesOptions.parse(List.of("--master=m1:5050,m2:5050"));

    assertThat(options.masters())
        .containsExactly(URI.create("http://m1:5050"), URI.create("http://m2:5050"));
    assertThat(options.http().port()).isEqualTo(8080);
    assertThat(options.zk()).isEqualTo("zk://localhost:2181/marathon");
    ServicesConfig config = options.config();
    ServicesConfig defaults = ServicesConfig.defaults();
    assertThat(config.frameworkName()).isEqualTo(defaults.frameworkName());
    assertThat(config.failoverTimeout()).isEqualTo(Duration.ofDays(7));
    assertThat(config.declineDuration()).isEqualTo(defaults.declineDuration());
    assertThat(config.reviveIntervalMin()).isEqualTo(defaults.reviveIntervalMin());
    assertThat(config.launchTimeout()).isEqualTo(defaults.launchTimeout());
    assertThat(config.reconciliationInterval()).isEqualTo(defaults.reconciliationInterval());
    assertThat(config.gpus()).isFalse();
    assertThat(config.user()).isNotEmpty();
  }

  @Test
  void theConsoleOfTheMasterLinksToUs() {
    ServicesOptions options = ServicesOptions.parse(List.of("--master=m:1", "--hostname=h"));

    assertThat(options.configServedAt(81).webUi()).contains("http://h:81");
  }

  @Test
  void whatCannotBeDoneIsRefused() {
    assertThatThrownBy(() ->
            ServicesOptions.parse(
                List.of("--master=zk://a:2181/mesos", "--enable_features=secrets", "--ha=false")))
        .hasMessageContaining("zk:// is not supported yet")
        .hasMessageContaining("secrets is not supported yet")
        .hasMessageContaining("unknown flag --ha");
    assertThatThrownBy(() -> ServicesOptions.parse(List.of()))
        .hasMessageContaining("--master is required");
  }

  @Test
  void gpusAreAFeature() {
    assertThat(
            ServicesOptions.parse(List.of("--master=m:1", "--enable_features=vips,gpu_resources"))
                .config()
                .gpus())
        .isTrue();
  }
}
