#pragma OPENCL EXTENSION cl_khr_fp64 : enable  
#pragma OPENCL EXTENSION cl_khr_fp16 : enable  
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable  
__kernel void geluForward(__global long *_kernel_context, __constant uchar *_constant_region, __local uchar *_local_region, __global int *_atomics, __global uchar *x, __global uchar *y, __global uchar *places, __global uchar *sizes)
{
  long l_32, l_15, l_31, l_14, l_30, l_13, l_26, l_25, l_8, l_24, l_7, l_6; 
  int i_10, i_12, i_11, i_29, i_17, i_20, i_19, i_22, i_5, i_21, i_53, i_23; 
  float f_35, f_34, f_28, f_41, f_40, f_43, f_42, f_37, f_36, f_39, f_38, f_49, f_48, f_51, f_50, f_45, f_44, f_47, f_46, f_52; 
  ulong ul_4, ul_1, ul_33, ul_0, ul_16, ul_3, ul_2, ul_18, ul_9, ul_27; 

  // BLOCK 0
  ul_0  =  (ulong) x;
  ul_1  =  (ulong) y;
  ul_2  =  (ulong) places;
  ul_3  =  (ulong) sizes;
  ul_4  =  ul_3 + 16L;
  i_5  =  *((__global int *) ul_4);
  l_6  =  (long) i_5;
  l_7  =  l_6 + 4L;
  l_8  =  l_7 << 2;
  ul_9  =  ul_2 + l_8;
  i_10  =  *((__global int *) ul_9);
  i_11  =  *((__global int *) ul_4);
  i_12  =  i_11 + 1;
  l_13  =  (long) i_12;
  l_14  =  l_13 + 4L;
  l_15  =  l_14 << 2;
  ul_16  =  ul_2 + l_15;
  i_17  =  *((__global int *) ul_16);
  ul_18  =  ul_3 + 24L;
  i_19  =  *((__global int *) ul_18);
  i_20  =  get_global_size(0);
  i_21  =  get_global_id(0);
  // BLOCK 1 MERGES [0 2 ]
  i_22  =  i_21;
  for(;i_22 < i_19;)
  {
    // BLOCK 2
    i_23  =  i_10 + i_22;
    l_24  =  (long) i_23;
    l_25  =  l_24 + 4L;
    l_26  =  l_25 << 2;
    ul_27  =  ul_0 + l_26;
    f_28  =  *((__global float *) ul_27);
    i_29  =  i_17 + i_22;
    l_30  =  (long) i_29;
    l_31  =  l_30 + 4L;
    l_32  =  l_31 << 2;
    ul_33  =  ul_1 + l_32;
    f_34  =  f_28 * 0.70710677F;
    f_35  =  fmax(f_34, -4.0F);
    f_36  =  fmin(f_35, 4.0F);
    f_37  =  f_36 * f_36;
    f_38  =  f_37 * 1.9217214E-8F;
    f_39  =  f_38 - 1.9903246E-6F;
    f_40  =  fma(f_37, f_39, 1.5553733E-4F);
    f_41  =  fma(f_37, f_40, 0.004293071F);
    f_42  =  fma(f_37, f_41, 0.05243352F);
    f_43  =  fma(f_37, f_42, 0.2139451F);
    f_44  =  fma(f_37, f_43, 1.1283786F);
    f_45  =  f_44 * f_36;
    f_46  =  fma(f_37, 0.0010980428F, 0.015551126F);
    f_47  =  fma(f_37, f_46, 0.12079979F);
    f_48  =  fma(f_37, f_47, 0.5229316F);
    f_49  =  fma(f_37, f_48, 1.0F);
    f_50  =  f_45 / f_49;
    f_51  =  fma(f_50, 0.5F, 0.5F);
    f_52  =  f_51 * f_28;
    *((__global float *) ul_33)  =  f_52;
    i_53  =  i_20 + i_22;
    i_22  =  i_53;
  }  // B1
  // BLOCK 3
  return;
}  //  kernel
