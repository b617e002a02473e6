namespace EventMesh.Api.Jose;

/// <summary>Why a key of a set is passed over.</summary>
public enum JwkRefusal
{
    NotAnObject, Malformed, KindUnknown, CurveUnknown, PointNotOnCurve, ModulusTooShort, ModulusTooLong, ModulusWeak, ExponentRefused, AlgorithmUnfit,
}
