namespace Directory;

/// <summary>Section <c>Rest</c>: how long a released name waits until somebody else may have it.</summary>
public sealed record RestOptions
{
    public TimeSpan Keyword { get; init; } = TimeSpan.FromDays(90);

    public TimeSpan SenderId { get; init; } = TimeSpan.FromDays(90);
}
