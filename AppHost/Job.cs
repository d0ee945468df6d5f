using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

namespace AppHost;

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
