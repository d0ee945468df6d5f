namespace Directory;

/// <summary>Section <c>Rest</c>: how long a released name or number waits until somebody else may have it.</summary>
public sealed record RestOptions
{
    public TimeSpan Keyword { get; init; } = TimeSpan.FromDays(90);

    public TimeSpan SenderId { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Of somebody who has left: what is meant for him goes on coming to it.</summary>
    public TimeSpan NoticePhone { get; init; } = TimeSpan.FromDays(90);

    internal static void Add(IServiceCollection services) => services.AddOptions<RestOptions>().BindConfiguration("Rest")
        .Validate(rest => rest.Keyword >= TimeSpan.Zero && rest.SenderId >= TimeSpan.Zero && rest.NoticePhone >= TimeSpan.Zero).ValidateOnStart();
}
