using InboundSms.Storage;

namespace InboundSms.NationalPortal;

/// <summary>The portal knows three kinds, BJN 10(1) five.</summary>
internal static class Classification
{
    private const string Complaint = "Pengaduan";
    private const string Aspiration = "Aspirasi";
    private const string Question = "Permintaan Informasi";

    public static MessageClass? ToClass(string? classification) => classification switch
    {
        Complaint => MessageClass.Complaint,
        Aspiration => MessageClass.Proposal,
        Question => MessageClass.Question,
        _ => null,
    };

    /// <summary>What nobody has classed goes as a complaint: the portal's own default.</summary>
    public static string Of(MessageClass? given) => given switch
    {
        MessageClass.Question => Question,
        MessageClass.Proposal or MessageClass.News => Aspiration,
        _ => Complaint,
    };
}
