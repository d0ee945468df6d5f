using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Broadcast.Requests;
using Broadcast.Storage;

namespace Broadcast.Wording;

/// <summary>To an official or social event (KOR 9(1)).</summary>
/// <param name="Place">One line.</param>
/// <param name="StartsAt">With an offset, or as the city's clock shows it.</param>
/// <param name="EndsAt">Left out: open.</param>
/// <param name="Dress">What to wear.</param>
public sealed record Invitation(
    [Required, StringLength(200, MinimumLength = 1), RegularExpression(RequestBroadcast.Line)] string Place,
    [Required] DateTimeOffset? StartsAt,
    DateTimeOffset? EndsAt = null,
    [StringLength(100, MinimumLength = 1), RegularExpression(RequestBroadcast.Line)] string? Dress = null)
{
    /// <summary>As it stands in a revision.</summary>
    internal static Invitation? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<Invitation>(json, SealedHistory.Json);

    internal string ToJson() => JsonSerializer.Serialize(this, SealedHistory.Json);
}
