using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Broadcast.Examination;

/// <summary>What the examiner answers for (KOR 9(2,3)). A person says it; the list of words only makes him look twice.</summary>
/// <param name="IsPolite">Decent and polite.</param>
/// <param name="DoesNotDiscriminate">Nobody by descent, faith, race or group.</param>
/// <param name="IsNeutral">For no party and no candidate.</param>
public sealed record Checklist([Required] bool? IsPolite, [Required] bool? DoesNotDiscriminate, [Required] bool? IsNeutral)
{
    /// <summary>What does not pass cannot be approved.</summary>
    internal ProblemHttpResult? RefuseApproval() =>
        IsPolite is not true ? Problems.Invalid("checklist.isPolite", "checklist")
        : DoesNotDiscriminate is not true ? Problems.Invalid("checklist.doesNotDiscriminate", "checklist")
        : IsNeutral is not true ? Problems.Invalid("checklist.isNeutral", "checklist")
        : null;

    internal string ToJson() => JsonSerializer.Serialize(this, SealedHistory.Json);
}
