using System.Text.RegularExpressions;
using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

namespace AppHost;

/// <summary>What Aspire 13.5 lacks or gets wrong in a Helm chart.</summary>
internal static partial class HelmChart
{
    /// <summary>For programs and tasks of ours.</summary>
    public static void Mend(KubernetesResource kubernetes)
    {
        WriteSchemesInCapitals(kubernetes);
        ReadPasswordsWhereTheyStand(kubernetes);
        // A program that another one refers to before its own turn is left without it.
        kubernetes.ConfigMap!.Data.TryAdd("OTEL_EXPORTER_OTLP_ENDPOINT", "http://kubernetes-dashboard-service:18889");
    }

    /// <summary>A probe that runs a command in the container.</summary>
    public static ProbeV1 Probe(IEnumerable<string> command, int periodSeconds, int failureThreshold)
    {
        var action = new ExecActionV1();
        action.Command.AddRange(command);
        return new() { Exec = action, PeriodSeconds = periodSeconds, TimeoutSeconds = Math.Min(periodSeconds, 15), FailureThreshold = failureThreshold };
    }

    /// <summary>Probes are written with <c>http</c>, where Kubernetes knows HTTP and HTTPS only.</summary>
    public static void WriteSchemesInCapitals(KubernetesResource kubernetes)
    {
        foreach (var container in kubernetes.Workload!.PodTemplate.Spec.Containers)
        {
            foreach (var probe in new[] { container.LivenessProbe, container.ReadinessProbe })
            {
                if (probe?.HttpGet is { } get)
                    get.Scheme = get.Scheme.ToUpperInvariant();
            }
        }
    }

    /// <summary>
    /// A parameter inside a connection string is looked for among the values of the resource that refers to it, where the chart has none. It stands with the
    /// resource that owns it: passwords of roles with <c>databases</c>, those of the broker with <c>rabbitmq</c>.
    /// </summary>
    private static void ReadPasswordsWhereTheyStand(KubernetesResource kubernetes)
    {
        if (kubernetes.Secret is not { } secret)
            return;
        foreach (var (name, value) in secret.StringData.ToList())
            secret.StringData[name] = BrokersValue().Replace(RolesPassword().Replace(value, ".Values.secrets.databases.${name}"), ".Values.${section}.rabbitmq.${name}");
    }

    [GeneratedRegex(@"\.Values\.secrets\.\w+\.(?<name>\w+_(owner|app)_password)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RolesPassword();

    [GeneratedRegex(@"\.Values\.(?<section>secrets|config)\.\w+\.(?<name>rabbitmq_(user|password))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BrokersValue();
}

/// <summary>Kubernetes' batch/v1 Job, which Aspire's own resources lack; member names become the keys of its YAML.</summary>
internal sealed class Job() : Workload("batch/v1", "Job")
{
    public JobSpec Spec { get; set; } = new();

    public override PodTemplateSpecV1 PodTemplate => Spec.Template;

    /// <summary>
    /// The same pod as a Job. Its name changes with every release, because a Job cannot be changed: Helm removes the one before. It tries for a while:
    /// Kubernetes starts everything at once, the server that it needs too.
    /// </summary>
    public static Job InsteadOf(KubernetesResource resource)
    {
        var deployment = (Deployment)resource.Workload!;
        var job = new Job { Spec = new() { Template = deployment.Spec.Template } };
        job.Metadata.Name = $"{resource.Name}-{{{{ .Release.Revision }}}}";
        job.Metadata.Labels = deployment.Metadata.Labels;
        job.Spec.Template.Spec.RestartPolicy = "OnFailure";
        return job;
    }
}

internal sealed class JobSpec
{
    public int BackoffLimit { get; set; } = 20;
    public PodTemplateSpecV1 Template { get; set; } = new();
}
