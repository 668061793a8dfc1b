package io.mesocosm.services.autoscale;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.framework.MasterLocator;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where agents listen, as the leading master says: offers may say so too, but come from agents with
 * something to offer only, and not again after a failover of ours. Blocking and thread-safe.
 */
final class AgentAddresses {
  private static final int BYTES_MAX = 4 << 20;

  private static final int REDIRECTS_MAX = 3;

  private final MasterLocator masters;
  private final Fetcher fetcher;
  private final boolean encrypted;
  private final Map<String, URI> addressByAgent = new ConcurrentHashMap<>();

  /**
   * @param encrypted whether agents speak TLS: then they are called by their host names, which
   *     their certificates have
   */
  AgentAddresses(MasterLocator masters, Fetcher fetcher, boolean encrypted) {
    this.masters = masters;
    this.fetcher = fetcher;
    this.encrypted = encrypted;
  }

  /** E.g. {@code http://10.0.0.3:5051}. */
  URI of(String agentId, String hostname) throws UnmeasurableException, InterruptedException {
    URI known = addressByAgent.get(agentId);
    if (known != null) {
      return known;
    }
    URI found = ask(agentId, hostname);
    addressByAgent.put(agentId, found);
    return found;
  }

  /** The agent does not answer there; it may have come back elsewhere. */
  void forget(String agentId) {
    addressByAgent.remove(agentId);
  }

  private URI ask(String agentId, String hostname)
      throws UnmeasurableException, InterruptedException {
    List<URI> candidates = masters.masters();
    UnmeasurableException last =
        new UnmeasurableException("no master is known to lead, to be asked where agents are");
    for (URI master : candidates) {
      try {
        return address(answer(master, agentId), agentId, hostname);
      } catch (UnmeasurableException e) {
        last = e;
      }
    }
    throw last;
  }

  private byte[] answer(URI master, String agentId)
      throws UnmeasurableException, InterruptedException {
    URI at =
        master.resolve("/slaves?slave_id=" + URLEncoder.encode(agentId, StandardCharsets.UTF_8));
    for (int i = 0; i < REDIRECTS_MAX; i++) {
      HttpResponse<byte[]> answer = fetcher.get(at, BYTES_MAX);
      if (answer.statusCode() == 200) {
        return answer.body();
      }
      String leader = answer.headers().firstValue("Location").orElse("");
      // Our credential is for masters, and a master says where the one that leads is.
      if (answer.statusCode() != 307 || leader.isEmpty()) {
        throw new UnmeasurableException(at + " answers " + answer.statusCode() + ", expected 200");
      }
      try {
        at = at.resolve(leader);
      } catch (IllegalArgumentException e) {
        throw new UnmeasurableException(at + " redirects to " + leader + ", which is no address");
      }
    }
    throw new UnmeasurableException(master + " and others redirect to each other");
  }

  private URI address(byte[] json, String agentId, String hostname) throws UnmeasurableException {
    try {
      for (JsonNode agent : Json.parse(json).path("slaves")) {
        // A master that knows no such parameter answers all of them.
        if (agent.path("id").asText().equals(agentId)) {
          return address(agent.path("pid").asText(), hostname);
        }
      }
    } catch (InvalidRequestException e) {
      throw new UnmeasurableException("the master's /slaves is no JSON: " + e.getMessage());
    }
    throw new UnmeasurableException("the master knows no agent " + agentId + " on " + hostname);
  }

  /** Of a pid like {@code slave(1)@10.0.0.3:5051}. */
  private URI address(String pid, String hostname) throws UnmeasurableException {
    String hostAndPort = pid.substring(pid.indexOf('@') + 1);
    String port = hostAndPort.substring(hostAndPort.lastIndexOf(':') + 1);
    try {
      URI address =
          URI.create(encrypted ? "https://" + hostname + ":" + port : "http://" + hostAndPort);
      if (address.getHost() != null && address.getPort() > 0) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw new UnmeasurableException(pid + " is no pid of an agent: " + e.getMessage());
    }
    throw new UnmeasurableException(pid + " is no pid of an agent");
  }
}
