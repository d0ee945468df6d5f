using System.Globalization;
using System.Resources;
using System.Text;
using InboundSms.History;

namespace InboundSms.Resources;

/// <summary>What citizens read from this service. An SMS goes out in Indonesian: nobody knows the reader's language.</summary>
internal static class InboundSmsTexts
{
    private static readonly ResourceManager Resources = new("InboundSms.Resources.InboundSmsTexts", typeof(InboundSmsTexts).Assembly);
    private static readonly CultureInfo Indonesian = CultureInfo.GetCultureInfo("id");

    private static readonly CompositeFormat UnknownKeywordFormat = Parse(nameof(UnknownKeyword));
    private static readonly CompositeFormat NothingWrittenFormat = Parse(nameof(NothingWritten));
    private static readonly CompositeFormat ReceiptFormat = Parse(nameof(Receipt));
    private static readonly CompositeFormat EmergencyFormat = Parse(nameof(Emergency));
    private static readonly CompositeFormat CaseNotFoundFormat = Parse(nameof(CaseNotFound));

    /// <summary>To an official; without keyword it is the tray's.</summary>
    public static string CaseWaits(long number, string? keyword, bool isEmergency, string due, bool isLate) =>
        Format(isLate ? "CaseLate" : "CaseDue", Indonesian, number,
            (keyword ?? Resources.GetString("NoKeyword", Indonesian)!) + (isEmergency ? Resources.GetString("AndEmergency", Indonesian) : ""), due);

    public static string CasesWait(int count, int late, string firstDue, string numbers) => Format(nameof(CasesWait), Indonesian, count, late, firstDue, numbers);

    /// <summary>To an official, of what came in (BJN 12(2)a); without a link, he knows where.</summary>
    public static string HourlyNotice(string since, string until, int messages, int waiting, string link) =>
        Format(nameof(HourlyNotice), Indonesian, since, until, messages, waiting, After(link));

    /// <summary>To an official, of what has not been answered (BJN 12(2)b).</summary>
    public static string DailyNotice(string at, int cases, int late, string link) => Format(nameof(DailyNotice), Indonesian, at, cases, late, After(link));

    private static string After(string link) => link.Length == 0 ? "." : $": {link}";

    /// <summary>Who did what nobody did; in the language of the request.</summary>
    public static string SystemActor => Resources.GetString(nameof(SystemActor), CultureInfo.CurrentUICulture)!;

    /// <summary>Where a case lay and how long, in the language of the request.</summary>
    public static string ClockSegment(CasePlace place, string? who, long seconds) => Format(
        place switch { CasePlace.Tray => "SegmentTray", CasePlace.SetAside => "SegmentSetAside", _ when who is null => "SegmentUnknown", _ => "SegmentPosition" },
        CultureInfo.CurrentUICulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}", who ?? "");

    private static string Format(string name, CultureInfo language, params object[] values) => string.Format(language, Resources.GetString(name, language)!, values);

    public static string UnknownKeyword(string keywords, string example) => string.Format(Indonesian, UnknownKeywordFormat, keywords, example);

    public static string NothingWritten(string keyword) => string.Format(Indonesian, NothingWrittenFormat, keyword);

    public static string Receipt(long caseNumber) => string.Format(Indonesian, ReceiptFormat, caseNumber);

    public static string CaseNotFound(long caseNumber) => string.Format(Indonesian, CaseNotFoundFormat, caseNumber);

    /// <summary>He asks for his latest report, and there is none.</summary>
    public static string NoCase => Resources.GetString(nameof(NoCase), Indonesian)!;

    /// <summary>The citizen wanted it so.</summary>
    public static string NotPublished(long caseNumber) => Format(nameof(NotPublished), Indonesian, caseNumber);

    /// <summary>For the quick reaction team: nothing of the citizen.</summary>
    public static string Emergency(long caseNumber, string? keyword) =>
        string.Format(Indonesian, EmergencyFormat, caseNumber, keyword ?? Resources.GetString("NoKeyword", Indonesian));

    /// <summary>How a case stands.</summary>
    /// <param name="status">Case status, or <c>Late</c>.</param>
    /// <param name="caseNumber">As the citizen knows it.</param>
    /// <param name="keyword">Whom it is for.</param>
    /// <param name="at">On the city's clock: when it was received, or answered.</param>
    public static string CaseStatus(string status, long caseNumber, string? keyword, DateTime at) =>
        string.Format(Indonesian, Resources.GetString($"{nameof(CaseStatus)}.{status}", Indonesian)!, caseNumber, keyword, at);

    private static CompositeFormat Parse(string name) => CompositeFormat.Parse(Resources.GetString(name, Indonesian)!);
}
