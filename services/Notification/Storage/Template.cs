namespace Notification.Storage;

/// <summary>A text that applications send.</summary>
internal sealed class Template
{
    public required Guid Id { get; init; }
    public required string Name { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>From then on nothing is ordered with it.</summary>
    public DateTimeOffset? RetiredAt { get; set; }
    /// <summary>The newest one.</summary>
    public required long Version { get; set; }
}

/// <summary>What a template said from one change to the next; append-only, because messages name it.</summary>
internal sealed class TemplateVersion
{
    public required Guid TemplateId { get; init; }
    public required long Version { get; init; }
    public required string Indonesian { get; init; }
    public string? English { get; init; }
    public string? SubjectIndonesian { get; init; }
    public string? SubjectEnglish { get; init; }
    public required DateTimeOffset WrittenAt { get; init; }
    public required string WrittenBy { get; init; }

    public bool IsEmail => SubjectIndonesian is not null;

    /// <summary>Whoever asks for a language that nobody has written gets Indonesian.</summary>
    public string TextIn(Language language) => language == Language.English && English is { } english ? english : Indonesian;

    public string? SubjectIn(Language language) => language == Language.English && SubjectEnglish is { } english ? english : SubjectIndonesian;
}

/// <summary>Of a text for people.</summary>
public enum Language
{
    Indonesian,
    English,
}
