using System.Text.Json;
using System.Text.Json.Serialization;
using InboundSms.Receive;
using InboundSms.Routing;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.AppendOnly;

namespace InboundSms.Submissions;

/// <summary>What the web form and the call centre share.</summary>
internal static class Submissions
{
    /// <summary>The form as it is kept beside the words: the raw bytes of the message, which its seal covers.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static byte[] Raw<TForm>(TForm form) => JsonSerializer.SerializeToUtf8Bytes(form, Json);

    /// <summary>
    /// The message with its words, its seal request and its event, and what was chosen beside them, for the caller's one save. Not by the batches of the SMS door: there is no
    /// provider who would repeat for days, and a choice without its message, or the other way round, must not be.
    /// </summary>
    public static Submission AddSubmission(this InboundSmsDb db, ReceivedSms received, Submission submission)
    {
        var (message, content, happened) = ReceivedSmsWriter.RowsOf(received);
        db.AddRange(message, content, happened, submission);
        db.Seal(Message.SealKind, message.Id, message.Commitment);
        return submission;
    }

    /// <summary>Whom a keyword or a position named; nobody is named by neither. The field and the code of what is wrong otherwise.</summary>
    public static async Task<(Addressee? Addressee, string? Field, string Code)> AddresseeAsync(
        InboundSmsDb db, string? keyword, Guid? positionId, DateTimeOffset now, CancellationToken stop)
    {
        if (keyword is not null && positionId is not null)
            return (null, "positionId", "one-addressee");
        if (keyword is not null)
            return await Addressee.FindAsync(db, keyword.ToUpperInvariant(), now, stop) is { } named ? (named, null, "") : (null, "keyword", "keyword-unknown");
        if (positionId is not { } id)
            return (null, null, "");
        return await Addressee.OfPositionAsync(db, id, now, stop) is { } chosen ? (chosen, null, "") : (null, "positionId", "position-unknown");
    }
}
