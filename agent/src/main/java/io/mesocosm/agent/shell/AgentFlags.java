package io.mesocosm.agent.shell;

import io.mesocosm.http.HttpFlags;
import io.mesocosm.http.security.SecurityFlags;
import io.mesocosm.runtime.Flag;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The flags of {@code cosm agent}, named as those of Mesos's agent. */
public final class AgentFlags {
  public static final Flag<String> MASTER =
      Flag.requiredText(
          "master",
          "the master: host:port, https://host:port, zk://[user:password@]host:port,…/path, or"
              + " file:// and a file that holds one of these");
  public static final Flag<Duration> ZK_SESSION_TIMEOUT =
      Flag.duration(
          "zk_session_timeout",
          "10secs",
          "how long ZooKeeper may be silent before it is taken for gone");
  public static final Flag<String> IP =
      Flag.text(
          "ip",
          "127.0.0.1",
          "address to listen on and to be known by; 0.0.0.0 listens on all, known by one that is"
              + " found");
  public static final Flag<Integer> PORT =
      Flag.port("port", 5051, "port of the agent's HTTP API; 0 picks a free one");
  public static final Flag<String> HOSTNAME =
      Flag.optionalText("hostname", "name that tasks and people know this machine by");
  public static final Flag<String> WORK_DIR =
      Flag.requiredText(
          "work_dir", "folder of the sandboxes and of what the agent has to remember");
  public static final Flag<String> RESOURCES =
      Flag.text(
          "resources",
          "",
          "e.g. cpus:4;mem:8192;ports:[31000-32000], JSON, or a file that holds either; others are"
              + " found");
  public static final Flag<String> ATTRIBUTES = Flag.text("attributes", "", "e.g. rack:r1;zone:a");
  public static final Flag<String> DEFAULT_ROLE =
      Flag.text("default_role", "*", "role of resources that name none");
  public static final Flag<String> CONTAINERIZERS =
      Flag.text("containerizers", "docker,mesos", "engines: docker, and mesos for plain processes");
  public static final Flag<String> DOCKER_SOCKET =
      Flag.text("docker_socket", "/var/run/docker.sock", "where the Docker engine listens");
  public static final Flag<String> SANDBOX_DIRECTORY =
      Flag.text(
          "sandbox_directory",
          "/mnt/mesos/sandbox",
          "where the sandbox appears in a Docker container");
  public static final Flag<String> EXECUTOR_ENVIRONMENT_VARIABLES =
      Flag.text("executor_environment_variables", "{}", "JSON object given to every task");
  public static final Flag<Duration> REGISTRATION_BACKOFF_FACTOR =
      Flag.duration(
          "registration_backoff_factor",
          "1secs",
          "ten times the longest wait before the first try to register; later ones double");
  public static final Flag<Duration> EXECUTOR_SHUTDOWN_GRACE_PERIOD =
      Flag.duration(
          "executor_shutdown_grace_period",
          "5secs",
          "between SIGTERM and SIGKILL of Docker tasks and of frameworks that are shut down");
  public static final Flag<Duration> EXECUTOR_REGISTRATION_TIMEOUT =
      Flag.duration(
          "executor_registration_timeout",
          "1mins",
          "how long pulling an image and starting a container may take, and how long a framework's"
              + " executor may take to subscribe");
  public static final Flag<Duration> EXECUTOR_REREGISTRATION_TIMEOUT =
      Flag.duration(
          "executor_reregistration_timeout",
          "2secs",
          "longest wait between two tries of an executor to come back to a restarted agent");
  public static final Flag<Duration> RECOVERY_TIMEOUT =
      Flag.duration(
          "recovery_timeout",
          "15mins",
          "how long executors of checkpointing frameworks look for an agent that is gone");
  public static final Flag<Duration> HTTP_HEARTBEAT_INTERVAL =
      Flag.duration(
          "http_heartbeat_interval",
          "30secs",
          "between heartbeats on the streams of the agent's operator API");
  public static final Flag<String> RESOURCE_ESTIMATOR =
      Flag.optionalText(
          "resource_estimator",
          "what to offer as revocable: fixed:<resources>, e.g. fixed:cpus:2;mem:1024");
  public static final Flag<String> DOMAIN =
      Flag.optionalText(
          "domain", "the machine's fault domain: JSON of a DomainInfo, or a file that holds it");
  public static final Flag<Boolean> SWITCH_USER =
      Flag.bool(
          "switch_user",
          true,
          "run plain processes as the user of their command or framework; needs root, and is off"
              + " without");

  public static final Flag<Duration> FETCHER_STALL_TIMEOUT =
      Flag.duration(
          "fetcher_stall_timeout",
          "1mins",
          "how long a server that a command's URI names may send nothing");
  public static final Flag<String> FRAMEWORKS_HOME =
      Flag.text("frameworks_home", "", "folder of the URIs of commands that are relative paths");

  public static final Flag<Integer> MAX_COMPLETED_EXECUTORS_PER_FRAMEWORK =
      Flag.integer(
          "max_completed_executors_per_framework",
          150,
          0,
          1_000_000,
          "executors of one framework that are remembered once they are over");
  public static final Flag<Boolean> DOCKER_KILL_ORPHANS =
      Flag.bool(
          "docker_kill_orphans",
          true,
          "remove Docker containers that an earlier agent of the work directory left behind and"
              + " that no task is about; off, they run on and nobody looks after them");

  public static final Flag<String> RECOVER =
      Flag.text(
          "recover",
          "reconnect",
          "reconnect to go on with the containers of an earlier agent of the work directory, cleanup"
              + " to kill them, forget that agent, and end");
  public static final Flag<Boolean> STRICT =
      Flag.bool(
          "strict",
          true,
          "refuse to start if what an earlier agent wrote down is damaged; off, start with what can"
              + " be read");
  public static final Flag<String> RECONFIGURATION_POLICY =
      Flag.text(
          "reconfiguration_policy",
          "additive",
          "what may differ from an earlier agent of the work directory in address, resources,"
              + " attributes and domain: equal for nothing, additive for what only adds, any");

  private static final List<Flag<?>> OWN =
      List.of(
          MASTER,
          ZK_SESSION_TIMEOUT,
          IP,
          PORT,
          HOSTNAME,
          WORK_DIR,
          RESOURCES,
          ATTRIBUTES,
          DEFAULT_ROLE,
          CONTAINERIZERS,
          DOCKER_SOCKET,
          SANDBOX_DIRECTORY,
          EXECUTOR_ENVIRONMENT_VARIABLES,
          REGISTRATION_BACKOFF_FACTOR,
          EXECUTOR_REREGISTRATION_TIMEOUT,
          RECOVERY_TIMEOUT,
          HTTP_HEARTBEAT_INTERVAL,
          RESOURCE_ESTIMATOR,
          DOMAIN,
          EXECUTOR_SHUTDOWN_GRACE_PERIOD,
          EXECUTOR_REGISTRATION_TIMEOUT,
          MAX_COMPLETED_EXECUTORS_PER_FRAMEWORK,
          DOCKER_KILL_ORPHANS,
          RECOVER,
          STRICT,
          RECONFIGURATION_POLICY,
          FETCHER_STALL_TIMEOUT,
          FRAMEWORKS_HOME,
          SWITCH_USER);

  /** Every flag, in the order of {@code --help}. */
  public static final List<Flag<?>> ALL =
      Stream.of(OWN, SecurityFlags.AGENT, HttpFlags.ALL).<Flag<?>>flatMap(List::stream).toList();

  /** Where flags may also be given, stronger first. */
  public static final List<String> ENVIRONMENT_PREFIXES = List.of("COSM_", "MESOS_");

  private AgentFlags() {}
}
