package io.mesocosm.services.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.runtime.Flags;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.ServicesConfig.EnforcedRole;
import io.mesocosm.services.ServicesConfig.GpuScheduling;
import io.mesocosm.services.matching.ResourceRules;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicesFlagsTest {
  @Test
  void defaultsAreThoseOfMarathon() {
    ServicesOptions options = ServicesOptions.parse(List.of("--master=m1:5050,m2:5050"));

    assertThat(options.masters())
        .isEqualTo(
            new MasterPlace.Fixed(
                List.of(URI.create("http://m1:5050"), URI.create("http://m2:5050"))));
    assertThat(options.ha())
        .isEqualTo(
            new HighAvailability(
                true,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                64,
                false));
    assertThat(options.api().http().port()).isEqualTo(8080);
    assertThat(options.zk()).isEqualTo("zk://localhost:2181/marathon");
    ServicesConfig config = options.config();
    assertThat(config)
        .isEqualTo(
            ServicesConfig.defaults()
                .but()
                .hostname(config.hostname())
                .user(config.user())
                .build());
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
                List.of("--master=m", "--enable_features=sekrets", "--nothing=false")))
        .hasMessageContaining("host:port of each master, separated by commas, or zk://")
        .hasMessageContaining("there is no sekrets")
        .hasMessageContaining("unknown flag --nothing");
    assertThatThrownBy(() -> ServicesOptions.parse(List.of()))
        .hasMessageContaining("--master is required");
  }

  @Test
  void masterIsFoundInZooKeeperWhoseAddressMayBeInAFile(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("zk"), "zk://me:secret@a:2181,b:2181/mesos\n");

    ServicesOptions options = ServicesOptions.parse(List.of("--master=file://" + file));

    assertThat(options.masters())
        .isEqualTo(
            new MasterPlace.Elected(ZooKeeperAddress.parse("zk://me:secret@a:2181,b:2181/mesos")));
    assertThat(Objects.requireNonNull(options.settings().values().get("master")).textValue())
        .isEqualTo("zk://me:***@a:2181,b:2181/mesos");
    assertThat(options.toString()).doesNotContain("secret");
  }

  @Test
  void withoutRivalsThereIsNoContest() {
    assertThat(ServicesOptions.parse(List.of("--master=m:1", "--ha=false")).contest()).isEmpty();
    assertThat(ServicesOptions.parse(List.of("--master=m:1")).contest()).isPresent();
  }

  @Test
  void gpusAreAFeature() {
    assertThat(
            ServicesOptions.parse(List.of("--master=m:1", "--enable_features=vips,gpu_resources"))
                .config()
                .gpus())
        .isTrue();
  }

  /** §17 of the contract, both tables, and the defaults that are no time, number or switch. */
  @Test
  void everyFlagOfMarathonIsTaken() {
    List<String> known = ServicesFlags.ALL.stream().map(flag -> flag.name()).toList();

    assertThat(known)
        .doesNotHaveDuplicates()
        .contains(
            ("master http_port https_port zk zk_timeout zk_connection_timeout zk_session_timeout"
                    + " zk_max_versions failover_timeout framework_name ha checkpoint hostname"
                    + " local_port_min local_port_max executor reconciliation_initial_delay"
                    + " reconciliation_interval scale_apps_initial_delay scale_apps_interval"
                    + " task_launch_timeout task_launch_confirm_timeout task_reservation_timeout"
                    + " offer_matching_timeout min_revive_offers_interval decline_offer_duration"
                    + " max_instances_per_offer launch_tokens launch_token_refresh_interval"
                    + " task_lost_expunge_initial_delay task_lost_expunge_interval"
                    + " mesos_heartbeat_interval mesos_heartbeat_failure_threshold"
                    + " max_running_deployments draining_seconds suppress_offers maintenance_mode"
                    + " gpu_scheduling_behavior accepted_resource_roles_default_behavior"
                    + " enable_features http_address https_address disable_http http_compression"
                    + " http_realm http_credentials ssl_keystore_path ssl_keystore_password"
                    + " leader_proxy_max_open_connections leader_proxy_ssl_ignore_hostname"
                    + " leader_election_backend mesos_authentication"
                    + " mesos_authentication_principal mesos_authentication_secret"
                    + " mesos_authentication_secret_file default_accepted_resource_roles"
                    + " mesos_offer_constraints min_mesos_offer_constraints_update_interval"
                    + " kill_chunk_size kill_retry_timeout killsPerBatch killBatchDuration"
                    + " max_concurrent_marathon_health_checks max_parallel_offers"
                    + " max_queued_offers max_parallel_status_updates"
                    + " max_queued_status_updates max_queued_root_group_updates"
                    + " group_manager_request_timeout deployment_manager_request_timeout"
                    + " launch_queue_request_timeout task_operation_notification_timeout"
                    + " task_tracker_request_timeout task_update_request_timeout"
                    + " instance_tracker_num_parallel_updates instance_tracker_num_parallel_loads"
                    + " instance_tracker_update_queue_size graceful_shutdown_timeout"
                    + " max_actor_startup_time zk_operation_max_retries"
                    + " zk_operation_base_retry_sleep_ms plugin_dir plugin_conf assets_path"
                    + " logging_level logstash sentry sentry_tags metrics_statsd metrics_datadog"
                    + " metrics_prometheus max_apps default_network_name new_group_enforce_role"
                    + " http_max_concurrent_requests access_control_allow_origin"
                    + " event_stream_max_outstanding_messages backup_location"
                    + " alert_webhook routing_timeout event_streams_max autoscale_interval")
                .split(" "));
  }

  @Test
  void flagsOfTheCoreReachIt() {
    ServicesConfig config =
        ServicesOptions.parse(
                List.of(
                    "--master=m:1",
                    "--enable_features=gpu_resources,vips",
                    "--gpu_scheduling_behavior=unrestricted",
                    "--accepted_resource_roles_default_behavior=reserved",
                    "--new_group_enforce_role=top",
                    "--max_apps=7",
                    "--draining_seconds=60",
                    "--disable_checkpoint",
                    "--disable_maintenance_mode",
                    "--routing_timeout=100",
                    "--autoscale_interval=200",
                    "--default_network_name=dcos"))
            .config();

    assertThat(config.gpus()).isTrue();
    assertThat(config.gpuScheduling()).isEqualTo(GpuScheduling.UNRESTRICTED);
    assertThat(config.acceptedRoles()).isEqualTo(ResourceRules.Accepted.RESERVED);
    assertThat(config.newGroupRole()).isEqualTo(EnforcedRole.TOP);
    assertThat(config.appsMax()).hasValue(7);
    assertThat(config.drainingLead()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.checkpoint()).isFalse();
    assertThat(config.maintenanceMode()).isFalse();
    assertThat(config.routingTimeout()).isEqualTo(Duration.ofMillis(100));
    assertThat(config.autoscaleInterval()).isEqualTo(Duration.ofMillis(200));
    assertThat(config.defaultNetwork()).contains("dcos");
  }

  @Test
  void flagsComeFromTheEnvironmentToo() {
    ServicesOptions options =
        ServicesOptions.from(
            Flags.parse(
                ServicesFlags.ALL,
                List.of(),
                Map.of(
                    "MARATHON_MASTER", "m:1",
                    "MARATHON_CMD_MAX_APPS", "7",
                    "MARATHON_MAX_APPS", "8",
                    "COSM_HTTP_REALM", "ours"),
                ServicesFlags.ENVIRONMENT_PREFIXES));

    assertThat(options.config().appsMax()).hasValue(7);
    assertThat(options.api().realm()).isEqualTo("ours");
  }

  @Test
  void flagsWithoutEffectAreNamedWithTheReasonWhenTheyAreSet() {
    ServicesOptions options =
        ServicesOptions.parse(
            List.of(
                "--master=m:1",
                "--zk_timeout=10000",
                "--max_queued_offers=5",
                "--plugin_dir=/plugins",
                "--launch_tokens=100",
                "--executor=/bin/executor",
                "--enable_features=vips,gpu_resources",
                "--killsPerBatch=7"));

    assertThat(options.warnings())
        .containsExactlyInAnyOrder(
            "--max_queued_offers has no effect: there is one queue for everything, whose limit is"
                + " --commands_waiting_max",
            "--plugin_dir has no effect: there are no plugins",
            "--executor has no effect: an app that is not for the agent's own executor names its"
                + " executor itself",
            "--enable_features=vips has no effect: labels of apps and ports are passed on in any"
                + " case",
            "--killsPerBatch has no effect: a kill is sent as soon as it is decided;"
                + " --kill_retry_timeout says when again");
  }

  @Test
  void slowReadersOfEventsLoseThoseBeyondTheLimitOfMarathon() {
    assertThat(ServicesOptions.parse(List.of("--master=m:1")).api().eventsWaitingMax())
        .isEqualTo(1024);
    assertThat(ApiFlags.EVENT_STREAM_MAX_OUTSTANDING_MESSAGES.help()).contains("dropped");
  }

  @Test
  void flagsWithoutEffectAreShownWithTheirTypes() {
    Map<String, JsonNode> shown =
        ServicesOptions.parse(
                List.of(
                    "--master=m:1",
                    "--disable_suppress_offers",
                    "--default_accepted_resource_roles=prod,*",
                    "--kill_chunk_size=3"))
            .settings()
            .values();

    assertThat(shown)
        .containsEntry("disable_suppress_offers", BooleanNode.TRUE)
        .containsEntry("kill_chunk_size", IntNode.valueOf(3))
        .containsEntry("launch_token_refresh_interval", IntNode.valueOf(30_000))
        .containsEntry("executor", TextNode.valueOf("//cmd"));
    assertThat(Objects.requireNonNull(shown.get("default_accepted_resource_roles")).toString())
        .isEqualTo("[\"*\",\"prod\"]");
  }

  @Test
  void badValuesAreAllNamedAtOnce() {
    assertThatThrownBy(() ->
            ServicesOptions.parse(
                List.of(
                    "--master=m:1",
                    "--gpu_scheduling_behavior=some",
                    "--access_control_allow_origin=nowhere/",
                    "--alert_webhook=ftp://x",
                    "--logging_level=loud",
                    "--leader_election_backend=twitter_commons",
                    "--default_accepted_resource_roles=a,,b")))
        .hasMessageContaining("restricted or unrestricted")
        .hasMessageContaining("origins, separated by commas")
        .hasMessageContaining("begins with http:// or https://")
        .hasMessageContaining("one of all, trace")
        .hasMessageContaining("curator, for there is no other")
        .hasMessageContaining("roles, separated by commas");
    assertThatThrownBy(() -> ServicesOptions.parse(List.of("--master=m:1", "--disable_http")))
        .hasMessageContaining("--ssl_keystore_path");
  }

  @Test
  void secretsAreNotShown() {
    ServicesOptions options =
        ServicesOptions.parse(
            List.of(
                "--master=m:1",
                "--http_credentials=alice:hush1",
                "--mesos_authentication_principal=p",
                "--mesos_authentication_secret=hush2",
                "--alert_webhook=https://hooks.example/hush3"));

    assertThat(options.toString()).doesNotContain("hush");
    assertThat(options.settings().values().toString())
        .doesNotContain("hush")
        .contains("alice:***", "https://hooks.example/***");
    assertThat(options.masterAccess(Optional.empty()).headers()).containsKey("Authorization");
  }
}
