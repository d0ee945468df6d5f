using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Broadcast.Audiences;

/// <summary>Whom a broadcast is to reach (KOR 10a): officials who fulfil one of the rules, without those who fulfil one of the exceptions.</summary>
public sealed record Audience
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Any of them is enough. None only where a broadcast corrects another: it goes to whom that one reached.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<AudienceRule> Include { get; init; } = [];

    /// <summary>Whoever fulfils one of these, by any of his posts, gets nothing.</summary>
    [MaxLength(50)]
    public IReadOnlyList<AudienceRule>? Exclude { get; init; }

    /// <summary>As it stands in a revision.</summary>
    public static Audience Read(string json) => JsonSerializer.Deserialize<Audience>(json, Json)!;

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}

/// <summary>Criteria that must all hold. Posts count while somebody holds them, acting holders too; officials who are named count while they hold any post.</summary>
public sealed record AudienceRule
{
    /// <summary>Posts of this unit and all below it.</summary>
    public Guid? UnitId { get; init; }
    /// <summary>Mayor, DeputyMayor, RegionalSecretary, Assistant, HeadOfUnit or Staff.</summary>
    [MaxLength(6)]
    public IReadOnlyList<string>? PositionKinds { get; init; }
    /// <summary>As the directory writes them, such as II.b.</summary>
    [MaxLength(50)]
    public IReadOnlyList<string>? Grades { get; init; }
    /// <summary>An own list: its posts and its people.</summary>
    public Guid? ListId { get; init; }
    /// <summary>For more there are own lists.</summary>
    [MaxLength(200)]
    public IReadOnlyList<Guid>? PositionIds { get; init; }
    /// <inheritdoc cref="PositionIds"/>
    [MaxLength(200)]
    public IReadOnlyList<Guid>? OfficialIds { get; init; }

    internal bool IsEmpty => UnitId is null && ListId is null && PositionKinds is not { Count: > 0 } && Grades is not { Count: > 0 }
        && PositionIds is not { Count: > 0 } && OfficialIds is not { Count: > 0 };
}
