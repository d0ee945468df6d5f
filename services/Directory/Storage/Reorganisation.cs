using System.Text.Json;
using Directory.Restructuring;

namespace Directory.Storage;

public enum ReorganisationStatus
{
    /// <summary>Waits for its instant.</summary>
    Planned,
    /// <summary>All of it holds, since its instant.</summary>
    Applied,
    /// <summary>Its instant came and it could not be applied; nothing of it holds. Waits for a correction.</summary>
    Failed,
    Cancelled,
}

/// <summary>A restructuring (DIR-6): steps that take effect together, at one instant, all or none.</summary>
internal sealed class Reorganisation
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Name { get; set; }
    /// <summary>Number of the decree that it carries out.</summary>
    public required string Decree { get; set; }
    public required DateTimeOffset EffectiveAt { get; set; }
    public string StepsJson { get; private set; } = "[]";
    public ReorganisationStatus Status { get; private set; } = ReorganisationStatus.Planned;
    public DateTimeOffset? AppliedAt { get; private set; }
    /// <summary>Index of the step that could not be done.</summary>
    public int? FailedStep { get; private set; }
    /// <summary>Why, as a problem's code.</summary>
    public string? FailureCode { get; private set; }
    public long Version { get; private set; } = 1;

    public required IReadOnlyList<Step> Steps
    {
        get => JsonSerializer.Deserialize<IReadOnlyList<Step>>(StepsJson, Step.Json)!;
        set => StepsJson = JsonSerializer.Serialize(value, Step.Json);
    }

    /// <summary>Not applied, and not given up.</summary>
    public bool IsWaiting => Status is ReorganisationStatus.Planned or ReorganisationStatus.Failed;

    public void Plan() => Become(ReorganisationStatus.Planned);

    public void Cancel() => Become(ReorganisationStatus.Cancelled);

    public void Apply(DateTimeOffset at)
    {
        Become(ReorganisationStatus.Applied);
        AppliedAt = at;
    }

    public void Fail(int? step, string code)
    {
        Become(ReorganisationStatus.Failed);
        (FailedStep, FailureCode) = (step, code);
    }

    private void Become(ReorganisationStatus status)
    {
        (Status, FailedStep, FailureCode) = (status, null, null);
        Version++;
    }
}
