using Contracts.Notification;
using InboundSms.Answering;
using ServiceDefaults.AppendOnly;

namespace InboundSms.Storage;

/// <summary>An official's answer; never changed.</summary>
internal sealed class Answer
{
    public const string SealKind = "answer";

    /// <summary>Also the id of the SMS at Notification.</summary>
    public required Guid Id { get; init; }
    public required Guid CaseId { get; init; }
    public required Guid PositionId { get; init; }
    public required Guid OfficialId { get; init; }
    public required string Text { get; init; }
    public required DateTimeOffset AnsweredAt { get; init; }
    public required byte[] Salt { get; init; }
    public required byte[] Commitment { get; init; }

    public static byte[] CommitmentOf(byte[] salt, Guid caseId, Guid officialId, string text) => ServiceDefaults.AppendOnly.Commitment.Of(
        salt, caseId.ToByteArray(bigEndian: true), officialId.ToByteArray(bigEndian: true), ServiceDefaults.AppendOnly.Commitment.Text(text));

    public static SealedKind Sealed { get; } = new(SealKind, """
        select id, commitment, salt, uuid_send(case_id), uuid_send(official_id), convert_to(text, 'UTF8') from answer
        """);
}

/// <summary>How far the answer's SMS has come, as Notification tells.</summary>
internal sealed class AnswerDelivery
{
    public required Guid AnswerId { get; init; }
    public required AnswerWay Way { get; init; }
    public required DeliveryStatus Status { get; set; }
    public required long Version { get; set; }
    public bool AcceptedByOperator { get; set; }
    public bool Uncertain { get; set; }
    public bool Contradictory { get; set; }
    public string? Reason { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }

    public static AnswerDelivery Of(Answer answer, AnswerWay way) => new()
    {
        AnswerId = answer.Id,
        Way = way,
        Status = way == AnswerWay.Receipt ? DeliveryStatus.Delivered : DeliveryStatus.Pending,
        Version = 0,
        ChangedAt = answer.AnsweredAt,
    };
}
