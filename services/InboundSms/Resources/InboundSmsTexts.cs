using System.Globalization;
using System.Resources;
using System.Text;

namespace InboundSms.Resources;

/// <summary>What citizens read from this service. An SMS goes out in Indonesian: nobody knows the reader's language.</summary>
internal static class InboundSmsTexts
{
    private static readonly ResourceManager Resources = new("InboundSms.Resources.InboundSmsTexts", typeof(InboundSmsTexts).Assembly);
    private static readonly CultureInfo Indonesian = CultureInfo.GetCultureInfo("id");

    private static readonly CompositeFormat UnknownKeywordFormat = CompositeFormat.Parse(Resources.GetString(nameof(UnknownKeyword), Indonesian)!);

    public static string UnknownKeyword(string keywords, string example) => string.Format(Indonesian, UnknownKeywordFormat, keywords, example);
}
