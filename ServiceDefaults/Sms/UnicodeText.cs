using System.Buffers;
using System.Globalization;
using System.Text;

namespace ServiceDefaults.Sms;

/// <summary>Questions to a text that comes from outside and can hold anything.</summary>
public static class UnicodeText
{
    extension(string text)
    {
        /// <summary>False for half surrogate pairs and reserved code points, on which <see cref="string.Normalize()"/> throws.</summary>
        public bool IsNormalizable
        {
            get
            {
                for (var at = 0; at < text.Length;)
                {
                    if (Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length) != OperationStatus.Done || (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF)
                        return false;
                    at += length;
                }

                return true;
            }
        }

        /// <summary>A person who looks at the text sees something.</summary>
        public bool IsVisible => text.EnumerateRunes().Any(rune => !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune)
            is not (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned));
    }
}
