using Broadcast.Audiences;
using Broadcast.Storage;

namespace Broadcast.Wording;

/// <summary>A wording with all that is examined along with it.</summary>
/// <param name="No">Of the revision.</param>
/// <param name="Text">With placeholders.</param>
/// <param name="Channel">Empty: Notification's default.</param>
/// <param name="SendAt">Null: as soon as it is approved.</param>
/// <param name="Author">Account.</param>
/// <param name="AuthorName">Null: the account has no official, or the directory has not told of him.</param>
/// <param name="Recipients">Of the frozen list, as of <paramref name="Segments"/>; null before it was submitted.</param>
/// <param name="ContentHash">What the examiner signs, in hexadecimal; null before it was submitted.</param>
internal sealed record RevisionItem(
    int No, string Text, string? SenderId, string Channel, Audience Audience, bool WithArrivals, DateTimeOffset? SendAt, int LateAfterMinutes, DateTimeOffset? ValidUntil,
    Invitation? Invitation, AnswerMode Answers, string Author, Guid? AuthorOfficialId, string? AuthorName, DateTimeOffset WrittenAt, int? Recipients, int? Segments, string? ContentHash)
{
    public static RevisionItem Of(Revision r) => new(r.No, r.Text, r.SenderId, r.Channel, Audience.Read(r.Audience), r.WithArrivals, r.SendAt, r.LateAfterMinutes, r.ValidUntil,
        Invitation.Read(r.Invitation), r.Answers, r.Author, r.AuthorOfficialId, r.AuthorOfficial?.Name, r.WrittenAt, r.Recipients, r.Segments,
        r.ContentHash is null ? null : Convert.ToHexStringLower(r.ContentHash));
}
